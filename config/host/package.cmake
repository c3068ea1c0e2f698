# What `cmake --install` puts where on a host, and the Debian package of it: cpack --config build/CPackConfig.cmake
include(GNUInstallDirs)
set(HOST ${CMAKE_CURRENT_LIST_DIR})
set(DOC ${CMAKE_INSTALL_DATADIR}/doc/sccpgw)

install(TARGETS sccpgw RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)

# Compressed as Debian wants it: without a time, so that the same tree makes the same package.
function(compressed source name destination)
  set(output ${PROJECT_BINARY_DIR}/host/${name}.gz)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/host)
  add_custom_command(OUTPUT ${output} DEPENDS ${source} VERBATIM COMMAND sh -c "gzip -9nc '${source}' > '${output}'")
  add_custom_target(${name}.gz ALL DEPENDS ${output})
  install(FILES ${output} DESTINATION ${destination} COMPONENT host)
endfunction()
compressed(${PROJECT_SOURCE_DIR}/docs/sccpgw.1 sccpgw.1 ${CMAKE_INSTALL_MANDIR}/man1)
compressed(${PROJECT_SOURCE_DIR}/docs/sccpgw.yaml.5 sccpgw.yaml.5 ${CMAKE_INSTALL_MANDIR}/man5)
compressed(${PROJECT_SOURCE_DIR}/CHANGELOG.md changelog ${DOC})
configure_file(${HOST}/changelog.in ${PROJECT_BINARY_DIR}/host/changelog.Debian @ONLY)
compressed(${PROJECT_BINARY_DIR}/host/changelog.Debian changelog.Debian ${DOC})

install(FILES ${HOST}/sccpgw.service DESTINATION lib/systemd/system COMPONENT host)
install(FILES ${HOST}/completion DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME sccpgw COMPONENT host)
# never over a configuration that is there
install(CODE "if(NOT EXISTS \"\$ENV{DESTDIR}/etc/sccpgw/sccpgw.yaml\")
  file(INSTALL \"${HOST}/sccpgw.yaml\" DESTINATION \"/etc/sccpgw\")
endif()" COMPONENT host)
install(DIRECTORY DESTINATION /etc/sccpgw/conf.d COMPONENT host)
install(FILES ${HOST}/copyright DESTINATION ${DOC} COMPONENT host)
install(FILES ${HOST}/alerts.yaml ${HOST}/grafana.json DESTINATION ${DOC}/examples COMPONENT host)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "sccpgw authors <sccpgw@example.org>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION comm)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, init-system-helpers (>= 1.54)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "gateway between Cisco Skinny (SCCP) phones and any SIP PBX")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "Registers Skinny phones as a CallManager does, makes each of their lines a SIP
account of a PBX such as Asterisk or FreeSWITCH, and relays their audio.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${HOST}/postinst ${HOST}/prerm ${HOST}/postrm ${HOST}/conffiles)
include(CPack)
