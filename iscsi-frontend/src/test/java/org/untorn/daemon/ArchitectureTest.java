package org.untorn.daemon;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
  void every_class_that_the_architecture_page_names_exists() throws IOException {
    Set<String> there = new HashSet<>();
    UNTORN.forEach(type -> there.add(type.getName().replaceAll(".*[.$]", "")));
    Matcher name =
        Pattern.compile("`(?:\\w+\\.)*([A-Z][a-z]\\w+)(?:\\.[a-z]\\w*)?`")
            .matcher(Files.readString(Path.of("../docs/ARCHITECTURE.md")));
    List<String> named = name.results().map(found -> found.group(1)).toList();

    assertThat(named).hasSizeGreaterThan(40);
    assertThat(there).containsAll(named);
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
