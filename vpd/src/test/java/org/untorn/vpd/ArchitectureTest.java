package org.untorn.vpd;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.untorn.vpd");

  @Test
  void vpd_knows_only_itself_and_the_language() {
    assertThat(OURS).hasSizeGreaterThanOrEqualTo(25);
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "org.untorn.vpd", "java.lang..", "java.util..", "java.nio..", "org.jspecify..")
        .check(OURS);
  }
}
