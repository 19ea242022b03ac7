package org.untorn.iscsi;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses ISCSI =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.untorn.iscsi");

  @Test
  void enough_classes_of_every_package_are_seen() {
    assertThat(ISCSI).hasSizeGreaterThan(80);
    for (String name :
        new String[] {
          "IscsiServer",
          "pdu.PduDecoder",
          "login.LoginMachine",
          "session.Session",
          "initiator.InitiatorSession"
        }) {
      assertThat(ISCSI.contain("org.untorn.iscsi." + name)).as(name).isTrue();
    }
  }

  @Test
  void iscsi_does_not_know_how_a_store_stores() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.untorn.backstore..")
        .check(ISCSI);
  }

  @Test
  void iscsi_does_not_know_the_daemon() {
    noClasses().should().dependOnClassesThat().resideInAPackage("org.untorn.daemon..").check(ISCSI);
  }

  @Test
  void pdus_know_nothing_but_themselves() {
    noClasses()
        .that()
        .resideInAPackage("org.untorn.iscsi.pdu")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.untorn.core..",
            "org.untorn.iscsi",
            "org.untorn.iscsi.login..",
            "org.untorn.iscsi.session..",
            "org.untorn.iscsi.initiator..")
        .check(ISCSI);
  }

  @Test
  void the_login_knows_pdus_and_neither_sessions_nor_sockets() {
    noClasses()
        .that()
        .resideInAPackage("org.untorn.iscsi.login")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.untorn.core..",
            "org.untorn.iscsi.session..",
            "org.untorn.iscsi.initiator..",
            "io.netty.channel..")
        .check(ISCSI);
  }

  @Test
  void target_and_initiator_do_not_know_each_other() {
    noClasses()
        .that()
        .resideInAPackage("org.untorn.iscsi.initiator")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.untorn.core..", "org.untorn.iscsi.session..")
        .check(ISCSI);
    noClasses()
        .that()
        .resideInAnyPackage("org.untorn.iscsi.session", "org.untorn.iscsi")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.untorn.iscsi.initiator")
        .check(ISCSI);
  }
}
