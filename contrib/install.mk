# What `make install` lays down besides the programs: templates, migrations, the editor, and the service files.

EDITOR_INSTALL = $(srcdir)/contrib/install-editor

# tree TO: copy the current directory's files below TO
copy_tree = find . -type f ! -name '*~' ! -name '*.o' -print | while read -r f; do \
	    $(MKDIR_P) "$$to/$${f%/*}" && $(INSTALL_DATA) "$$f" "$$to/$$f" || exit 1; done

install-data-local: install-tree $(EDITOR_TARGET)
install-tree:
	@to='$(DESTDIR)$(templatedir)'; case $$to in /*) ;; *) to=`pwd`/$$to ;; esac; cd $(srcdir)/templates && $(copy_tree)
	@to='$(DESTDIR)$(sqldir)'; case $$to in /*) ;; *) to=`pwd`/$$to ;; esac; cd $(srcdir)/sql && $(copy_tree)

if EDITOR
EDITOR_TARGET = install-editor
endif
# Fetches the pinned package (or takes the file given to configure), checks its hash, unpacks and compresses what is needed.
install-editor:
	$(EDITOR_INSTALL) --dest '$(DESTDIR)$(editordir)' $(EDITOR_WHEEL:%=--wheel %)

uninstall-local:
	rm -rf '$(DESTDIR)$(templatedir)' '$(DESTDIR)$(sqldir)' '$(DESTDIR)$(editordir)'
	-rmdir '$(DESTDIR)$(pkgdatadir)' 2>/dev/null

.PHONY: install-tree install-editor
AM_DISTCHECK_CONFIGURE_FLAGS = --disable-editor
