# Sources of src/hooks
liblabeld_a_SOURCES += src/hooks/actions.def src/hooks/deliver.c src/hooks/deliver.h src/hooks/webhook.c src/hooks/webhook.h
SQL_FILES += src/hooks/deliver.sql src/hooks/webhook.sql
