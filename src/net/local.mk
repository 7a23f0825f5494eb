# Sources of src/net
liblabeld_a_SOURCES += src/net/download.h src/net/fetch.c src/net/fetch.h src/net/fetch_pool.c src/net/fetch_pool.h src/net/hop.c src/net/hop.h src/net/guard.c src/net/guard.h src/net/jwt.c src/net/jwt.h src/net/resolve.c src/net/resolve.h
