package org.untorn.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.untorn.core");

  @Test
  void the_scsi_device_knows_neither_sockets_nor_iscsi_nor_how_a_store_stores() {
    assertThat(OURS).hasSizeGreaterThanOrEqualTo(80);
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "org.untorn.core..",
            "org.untorn.vpd",
            "org.untorn.backstore",
            "io.netty.buffer",
            "java.io",
            "java.lang..",
            "java.nio",
            "java.nio.charset",
            "java.util..",
            "org.jspecify..")
        .check(OURS);
  }

  @Test
  void the_store_is_known_by_its_waist_alone() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveNameMatching("org\\.untorn\\.backstore\\.(Medium|Pool|Volume).*")
        .check(OURS);
  }
}
