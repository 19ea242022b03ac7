package org.untorn.conformance;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** What judges the target knows it from outside: its processes, its wire, its control API. */
class ArchitectureTest {

  private final JavaClasses classes =
      new ClassFileImporter().importPackages("org.untorn.testkit", "org.untorn.conformance");

  @Test
  void the_classes_of_this_module_were_seen() {
    assertThat(classes.size()).isGreaterThan(20);
    assertThat(classes.contain(ArchitectureTest.class)).isTrue();
  }

  @Test
  void the_test_kit_knows_no_class_of_the_target() {
    noClasses()
        .that(resideInAPackage("org.untorn.testkit.."))
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.untorn..").and(not(resideInAPackage("org.untorn.testkit.."))))
        .check(classes);
  }

  /**
   * From vpd they take what Linux is expected to make of the limits, to hold Linux against it. The
   * judge is theirs, too: it knows histories alone.
   */
  @Test
  void the_suites_know_the_target_by_its_wire_and_its_limits_alone() {
    noClasses()
        .that(resideInAPackage("org.untorn.conformance.."))
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.untorn..")
                .and(
                    not(
                        resideInAnyPackage(
                            "org.untorn.testkit..",
                            "org.untorn.conformance..",
                            "org.untorn.iscsi.initiator..",
                            "org.untorn.iscsi.pdu..",
                            "org.untorn.oracle..",
                            "org.untorn.vpd.."))))
        .check(classes);
  }
}
