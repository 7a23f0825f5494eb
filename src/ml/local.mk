# Sources of src/ml
liblabeld_a_SOURCES += src/ml/backend.c src/ml/backend.h src/ml/client.c src/ml/client.h src/ml/predict.c src/ml/predict.h
SQL_FILES += src/ml/ml.sql
