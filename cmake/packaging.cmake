# SPDX-License-Identifier: Apache-2.0
# What is installed, and the Debian packages:
#
#   cmake --install build/release                      the program, its manual and its MIB, below CMAKE_INSTALL_PREFIX
#   cmake --build --preset release && cpack --preset release     build/release/*.deb
#
# The components `exporter` and `simulator` are the packages. A rule with EXCLUDE_FROM_ALL is for the package alone: what
# has paths of the system in it, and what a checkout has anyway.

set(UPSLINK_PACKAGE_CONTACT "upslink_exporter <upslink-exporter@example.org>"
  CACHE STRING "Who made the packages: NAME <ADDRESS>")
set(mandir ${CMAKE_INSTALL_MANDIR})
set(exporter_docs ${CMAKE_INSTALL_DATADIR}/doc/upslink-exporter)
set(simulator_docs ${CMAKE_INSTALL_DATADIR}/doc/ups-simulator)
set(packed ${PROJECT_BINARY_DIR}/packed)

# --- the version: that of the project, or, between releases, one that sorts before it

set(package_version ${PROJECT_VERSION})
set(package_date "")
function(ask_git variable)
  execute_process(COMMAND git -C ${PROJECT_SOURCE_DIR} ${ARGN}
    OUTPUT_VARIABLE answer OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  set(${variable} "${answer}" PARENT_SCOPE)
endfunction()
if(EXISTS ${PROJECT_SOURCE_DIR}/.git)
  ask_git(tag describe --tags --exact-match --match v${PROJECT_VERSION})
  ask_git(commits rev-list --count HEAD)
  ask_git(revision rev-parse --short=8 HEAD)
  ask_git(package_date log -1 --format=%cD)
  if(NOT tag AND revision)
    set(package_version ${PROJECT_VERSION}~git${commits}.${revision})
  endif()
endif()
if(NOT package_date)
  string(TIMESTAMP package_date "%a, %d %b %Y %H:%M:%S +0000" UTC)  # heeds SOURCE_DATE_EPOCH
endif()

# --- compressed as Debian wants it

# pack(INPUT OUTPUT): OUTPUT, in the folder `packed`, is INPUT compressed; made when the build is configured.
function(pack input output)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${input})
  get_filename_component(folder ${packed}/${output} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  execute_process(COMMAND gzip -9nc ${input} OUTPUT_FILE ${packed}/${output} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

pack(${PROJECT_SOURCE_DIR}/CHANGELOG.md changelog.gz)
foreach(package upslink-exporter ups-simulator)
  set(debian_changelog ${PROJECT_BINARY_DIR}/changelog.${package})
  file(WRITE ${debian_changelog}
    "${package} (${package_version}-1) unstable; urgency=medium\n\n"
    "  * What is new for users: changelog.gz.\n\n -- ${UPSLINK_PACKAGE_CONTACT}  ${package_date}\n")
  pack(${debian_changelog} ${package}/changelog.Debian.gz)
  file(WRITE ${packed}/lintian/${package}
    "# It is made outside of Debian, where nobody has asked for it.\n"
    "${package}: initial-upload-closes-no-bugs *\n")
endforeach()
foreach(page upslink_exporter.1 upslink_exporter.yaml.5 ups-simulator.1)
  pack(${PROJECT_SOURCE_DIR}/docs/man/${page} ${page}.gz)
endforeach()

# --- the exporter

install(FILES docs/man/upslink_exporter.1 DESTINATION ${mandir}/man1)
install(FILES docs/man/upslink_exporter.yaml.5 DESTINATION ${mandir}/man5)
install(FILES mibs/UPSLINK-MIB.txt DESTINATION ${CMAKE_INSTALL_DATADIR}/snmp/mibs COMPONENT exporter)

macro(for_exporter)
  install(${ARGN} COMPONENT exporter EXCLUDE_FROM_ALL)
endmacro()
for_exporter(FILES ${packed}/upslink_exporter.1.gz DESTINATION ${mandir}/man1)
for_exporter(FILES ${packed}/upslink_exporter.yaml.5.gz DESTINATION ${mandir}/man5)
for_exporter(FILES deploy/systemd/upslink-exporter.service deploy/systemd/upslink-exporter.socket
  DESTINATION lib/systemd/system)
for_exporter(FILES deploy/systemd/sysusers.d/upslink-exporter.conf DESTINATION lib/sysusers.d)
for_exporter(FILES deploy/udev/60-upslink-exporter.rules DESTINATION lib/udev/rules.d)
for_exporter(FILES deploy/debian/config.yaml DESTINATION /etc/upslink-exporter)
for_exporter(FILES deploy/debian/upslink-exporter.default DESTINATION /etc/default RENAME upslink-exporter)
for_exporter(FILES ${packed}/lintian/upslink-exporter DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides)
for_exporter(FILES deploy/debian/copyright ${packed}/changelog.gz
  ${packed}/upslink-exporter/changelog.Debian.gz README.md DESTINATION ${exporter_docs})
install(DIRECTORY docs mibs DESTINATION ${exporter_docs} COMPONENT exporter EXCLUDE_FROM_ALL
  PATTERN docs/man EXCLUDE PATTERN UPSLINK-MIB.txt EXCLUDE)

# Examples: every folder of deploy that sets up another program, but for what builds from a checkout.
file(GLOB example_folders CONFIGURE_DEPENDS LIST_DIRECTORIES true ${PROJECT_SOURCE_DIR}/deploy/*)
foreach(folder ${example_folders})
  if(IS_DIRECTORY ${folder} AND NOT folder MATCHES "/(compose|debian|systemd|udev)$")
    for_exporter(DIRECTORY ${folder} DESTINATION ${exporter_docs}/examples)
  endif()
endforeach()
file(GLOB dashboards CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/dashboards/*.json)
if(dashboards)
  for_exporter(FILES ${dashboards} DESTINATION ${exporter_docs}/examples/dashboards)
endif()
for_exporter(FILES deploy/systemd/README.md DESTINATION ${exporter_docs}/examples/systemd)

# --- the simulator

if(UPSLINK_BUILD_TESTS)
  macro(for_simulator)
    install(${ARGN} COMPONENT simulator EXCLUDE_FROM_ALL)
  endmacro()
  for_simulator(TARGETS ups-simulator RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  for_simulator(DIRECTORY tests/profiles DESTINATION ${CMAKE_INSTALL_DATADIR}/ups-simulator)
  for_simulator(FILES ${packed}/ups-simulator.1.gz DESTINATION ${mandir}/man1)
  for_simulator(FILES ${packed}/lintian/ups-simulator DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides)
  for_simulator(FILES tests/simulator/README.md deploy/debian/copyright ${packed}/changelog.gz
    ${packed}/ups-simulator/changelog.Debian.gz DESTINATION ${simulator_docs})
endif()

# --- the packages

set(CPACK_VERBATIM_VARIABLES YES)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VERSION ${package_version})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # each package has its own
set(CPACK_PACKAGE_CONTACT ${UPSLINK_PACKAGE_CONTACT})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL exporter)
if(UPSLINK_BUILD_TESTS)
  list(APPEND CPACK_COMPONENTS_ALL simulator)
endif()
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_EXPORTER_PACKAGE_NAME upslink-exporter)
set(CPACK_DEBIAN_EXPORTER_PACKAGE_SECTION net)
set(CPACK_DEBIAN_EXPORTER_PACKAGE_PREDEPENDS "init-system-helpers (>= 1.54~)")
set(CPACK_DEBIAN_EXPORTER_PACKAGE_DEPENDS "procps, systemd | systemd-standalone-sysusers")
set(CPACK_DEBIAN_EXPORTER_PACKAGE_SUGGESTS "prometheus, snmpd, ups-simulator")
set(CPACK_COMPONENT_EXPORTER_DESCRIPTION "exporter for APC UPSes (Prometheus and SNMP)
It reads APC UPSes over their serial \"smart\" protocol, UPS-Link, and serves
what they say as Prometheus metrics and, as a subagent of snmpd, over SNMP.
One process reads any number of UPSes, on serial ports or behind terminal
servers. It only reads: no command that changes a UPS can leave it.")
foreach(script postinst prerm postrm)
  configure_file(deploy/debian/upslink-exporter.${script} ${packed}/upslink-exporter/${script} COPYONLY)
  file(CHMOD ${packed}/upslink-exporter/${script} PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endforeach()
configure_file(deploy/debian/conffiles ${packed}/upslink-exporter/conffiles COPYONLY)
set(CPACK_DEBIAN_EXPORTER_PACKAGE_CONTROL_EXTRA
  ${packed}/upslink-exporter/postinst ${packed}/upslink-exporter/prerm
  ${packed}/upslink-exporter/postrm ${packed}/upslink-exporter/conffiles)

set(CPACK_DEBIAN_SIMULATOR_PACKAGE_NAME ups-simulator)
set(CPACK_DEBIAN_SIMULATOR_PACKAGE_SECTION utils)
set(CPACK_COMPONENT_SIMULATOR_DESCRIPTION "APC UPS in software, on a pty or on TCP
It behaves as a UPS on the serial \"smart\" protocol, UPS-Link: paced as
the line is, with a state that changes, alerts, and faults on demand. What
reads such UPSes can be tried and tested with it.")
include(CPack)
