# Sources of src/api
liblabeld_a_SOURCES += \
	src/api/bodies.h \
	src/api/credentials.c src/api/credentials.h \
	src/api/gate.c src/api/gate.h \
	src/api/handlers.h \
	src/api/negotiate.c src/api/negotiate.h \
	src/api/routes.c src/api/routes.h
