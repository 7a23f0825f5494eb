# What `make install` lays down besides the programs: templates, migrations, the editor, nginx and service files.

nginxdir = $(pkgdatadir)/nginx
sysusersdir = $(prefix)/lib/sysusers.d
tmpfilesdir = $(prefix)/lib/tmpfiles.d

dist_doc_DATA = README.md LICENSE
dist_sysusers_DATA = contrib/sysusers.d/labeld.conf
dist_tmpfiles_DATA = contrib/tmpfiles.d/labeld.conf
nodist_nginx_DATA = nginx/http.conf nginx/labeld.conf nginx/site.conf
CLEANFILES += $(nodist_nginx_DATA)

# [@] keeps configure from filling in here. # The names that contrib/lib.sh fills in for a private instance, here with those of an installation at the root of a host.
fill = $(SED) -e 's|@NGINXDIR@|$(nginxdir)|g; s|@WEB@|unix:/run/labeld/web.sock|; s|@SLOW@|unix:/run/labeld/slow.sock|' \
	-e 's|@PREFIX@|$(URL_PREFIX)|g; s|@PREFIX_RE@|$(URL_PREFIX)|g; s|@DATA@|/var/lib/labeld|; s|@BODY_MAX@|250m|' \
	-e 's|@STATIC@|$(templatedir)/static|; s|@EDITOR@|$(editordir)|' \
	-e "s|@VERSION[@]|`sed -n 's/^.define LABELD_COMPAT_RELEASE \"\(.*\)\"$$/\1/p' $(srcdir)/src/http/rs.h`|" \
	-e "s|@EDITOR_VERSION@|`$(EDITOR_INSTALL) --version`|" \
	-e 's|@sbindir[@]|$(sbindir)|g; s|@sysconfdir[@]|$(sysconfdir)|g; s|@docdir[@]|$(docdir)|g' \
	-e '$(if $(URL_PREFIX),,/\#sub-path only$$/d)'

EDITOR_INSTALL = $(srcdir)/contrib/install-editor

nginx/%.conf: nginx/%.conf.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(fill) $< >$@.tmp && mv $@.tmp $@

if SYSTEMD
unitdir = $(systemdsystemunitdir)
nodist_unit_DATA = contrib/systemd/labeld.service contrib/systemd/labeld-jobs.service
# One drop-in for both services.
webdropindir = $(systemdsystemunitdir)/labeld.service.d
jobsdropindir = $(systemdsystemunitdir)/labeld-jobs.service.d
nodist_webdropin_DATA = contrib/systemd/common.conf
nodist_jobsdropin_DATA = contrib/systemd/common.conf
CLEANFILES += $(nodist_unit_DATA) $(nodist_webdropin_DATA)
endif

contrib/systemd/%: contrib/systemd/%.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(fill) $< >$@.tmp && mv $@.tmp $@

# Runs in the tree that is copied; $$to is where its files go.
copy_tree = find . -type f ! -name '*~' -print | while read -r file; do \
	    $(MKDIR_P) "$$to/$${file%/*}" && $(INSTALL_DATA) "$$file" "$$to/$$file" || exit 1; done
absolute = case $$to in /*) ;; *) to=`pwd`/$$to ;; esac

install-data-local: install-tree $(EDITOR_TARGET)
install-tree:
	@to='$(DESTDIR)$(templatedir)'; $(absolute); cd $(srcdir)/templates && $(copy_tree)
	@to='$(DESTDIR)$(sqldir)'; $(absolute); cd $(srcdir)/sql && $(copy_tree)

if EDITOR
EDITOR_TARGET = install-editor
endif
# Fetches the pinned package (or takes the file given to configure), checks its hash, unpacks and compresses what is needed. The code editor
# of project scripts goes beside it where npm is to be had; without it the page of scripts has a plain field.
install-editor:
	$(EDITOR_INSTALL) $(EDITOR_WHEEL:%=--wheel %) '$(DESTDIR)$(editordir)'
	@if command -v npm >/dev/null; then $(srcdir)/contrib/install-code-editor '$(DESTDIR)$(editordir)/code' || \
	    echo 'make: without the code editor of project scripts'; fi

uninstall-local:
	rm -rf '$(DESTDIR)$(templatedir)' '$(DESTDIR)$(sqldir)' '$(DESTDIR)$(editordir)'
	-rmdir '$(DESTDIR)$(nginxdir)' '$(DESTDIR)$(pkgdatadir)' 2>/dev/null

.PHONY: install-tree install-editor
# The editor comes from the network, the units from a directory that a test must not write to.
AM_DISTCHECK_CONFIGURE_FLAGS = --disable-editor
