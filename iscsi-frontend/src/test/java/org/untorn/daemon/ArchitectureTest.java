package org.untorn.daemon;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses UNTORN =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.untorn");

  @Test
  void enough_classes_of_every_module_are_seen() {
    assertThat(UNTORN).hasSizeGreaterThan(200);
    for (String name :
        new String[] {
          "org.untorn.vpd.VpdPage", "org.untorn.backstore.Pool", "org.untorn.core.TargetDevice"
        }) {
      assertThat(UNTORN.contain(name)).as(name).isTrue();
    }
    assertThat(UNTORN.contain("org.untorn.iscsi.pdu.PduDecoder")).isTrue();
  }

  @Test
  void only_the_composition_root_knows_faults() {
    noClasses()
        .that()
        .resideOutsideOfPackages("..fault..", "org.untorn.daemon..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..fault..")
        .check(UNTORN);
  }

  @Test
  void nobody_knows_the_daemon() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.untorn.daemon..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.untorn.daemon..")
        .check(UNTORN);
  }

  @Test
  void iscsi_does_not_know_how_a_store_stores() {
    noClasses()
        .that()
        .resideInAPackage("org.untorn.iscsi..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.untorn.backstore..")
        .check(UNTORN);
  }

  @Test
  void a_configuration_is_read_without_anything_that_runs() {
    noClasses()
        .that()
        .resideInAPackage("org.untorn.daemon.config..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.untorn.daemon", "org.untorn.backstore..", "org.untorn.iscsi..", "picocli..")
        .check(UNTORN);
  }
}
