package org.untorn.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A parameter of a test, a {@code String} or a {@code URI}, that is to be the URL of a unit: {@code
 * iscsi://127.0.0.1:43210/iqn.2026-11.org.untorn:disk0/0}.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface IscsiUrl {

  /** Which unit of the first target. */
  int lun() default 0;
}
