# Sources of src/page
liblabeld_a_SOURCES += \
	src/page/account.c \
	src/page/docs.c \
	src/page/form.c \
	src/page/login.c \
	src/page/organization.c \
	src/page/page.c src/page/page.h
