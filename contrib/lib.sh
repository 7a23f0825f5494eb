# shellcheck shell=bash
# Shared by contrib/quickstart, contrib/dev-up, contrib/check and tests/serve: packages, the build, and one private instance
# (cluster, labeld, labeld-jobs, nginx) below one directory. Sourced, not run; the caller sets -euo pipefail.

say() { printf '%s\n' "$*"; }
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" -eq 0 ]; }
short_hash() { printf '%s' "$1" | sha256sum | cut -c 1-12; }

# nginx and the Postgres programs are not on every user's PATH.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# ---- packages --------------------------------------------------------------------------------------------------------

# "package test": what proves that it is there. Where the tests hold, no package manager is asked.
need_run=(
    "postgresql      pg_bindir"
    "nginx           have nginx"
    "curl            have curl"
    "util-linux      have setpriv"
    "perl            have perl"
)
need_build=(
    "gcc             have cc"
    "libc6-dev       test -e /usr/include/stdio.h"
    "make            have make"
    "autoconf        have autoconf"
    "automake        have automake"
    "pkg-config      have pkg-config"
    "libpq-dev       pkg-config --exists libpq"
    "libjansson-dev  pkg-config --exists jansson"
    "libxml2-dev     pkg-config --exists libxml-2.0"
    "libpcre2-dev    pkg-config --exists libpcre2-8"
    "libsodium-dev   pkg-config --exists libsodium"
    "libcurl4-openssl-dev pkg-config --exists libcurl"
    "libarchive-dev  pkg-config --exists libarchive"
    "libpng-dev      pkg-config --exists libpng"
    "zlib1g-dev      pkg-config --exists zlib"
    "libssl-dev      pkg-config --exists openssl"
    "libfcgi-dev     test -e /usr/include/fcgiapp.h"
)
need_editor=(
    "python3-pip     python3 -m pip --version"
    "unzip           have unzip"
)
# The lists are read by name, in missing_packages.
need_unit=(
    "libcmocka-dev   pkg-config --exists cmocka"
)

need_pooler=(
    "pgbouncer       have pgbouncer"
)

# missing_packages NAME…: prints the packages of these lists whose test fails.
missing_packages() {
    local list entry package
    for list; do
        local -n entries=$list
        for entry in "${entries[@]}"; do
            read -r package entry <<<"$entry"
            # shellcheck disable=SC2086 # the test is a command with its words
            $entry >/dev/null 2>&1 || printf '%s\n' "$package"
        done
    done
}

# Installing postgresql or nginx starts a system-wide server, and makes a cluster on port 5432: nothing of that is wanted.
apt_install() {
    local policy=/usr/sbin/policy-rc.d cluster=/etc/postgresql-common/createcluster.conf own_policy='' status=0
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq || say "apt-get update failed; trying with the lists at hand"
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy && own_policy=1
    fi
    if [[ " $* " == *" postgresql "* ]]; then
        apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null || status=$?
        cp -p $cluster $cluster.labeld && sed -i 's/^#*create_main_cluster.*/create_main_cluster = false/' $cluster
    fi
    [ $status -ne 0 ] || apt-get install -y -qq --no-install-recommends "$@" >/dev/null || status=$?
    [ ! -e $cluster.labeld ] || mv $cluster.labeld $cluster
    [ -z "$own_policy" ] || rm -f $policy
    if [ -d /run/systemd/system ] && [[ " $* " == *" nginx "* ]]; then
        systemctl disable --quiet nginx || true
    fi
    return $status
}

# ensure_packages NAME…: installs what these lists lack, or says which packages to install and ends.
ensure_packages() {
    local missing
    missing=$(missing_packages "$@" | sort -u | tr '\n' ' ')
    missing=${missing% }
    [ -n "$missing" ] || return 0
    is_root && have apt-get ||
        die "these packages are missing; install them first:  sudo apt-get install --no-install-recommends $missing"
    say "installing packages: $missing"
    # shellcheck disable=SC2086 # a list of names
    apt_install $missing || die "could not install: $missing"
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -z "$missing" ] || die "still missing after installation: $missing"
}

# ---- the service user ------------------------------------------------------------------------------------------------

# Postgres refuses to run as root, and nothing that listens should: below root every server process belongs to this user.
service_user=labeld
as_service=() # flags of setpriv; empty for an ordinary user

use_service_user() {
    is_root || return 0
    getent passwd $service_user >/dev/null ||
        useradd --system --user-group --home-dir /var/lib/labeld --no-create-home --shell /usr/sbin/nologin $service_user
    as_service=(--reuid "$service_user" --regid "$service_user" --init-groups)
}

# as_service_user COMMAND…: runs it with the rights of the servers.
as_service_user() {
    if is_root; then setpriv "${as_service[@]}" -- "$@"; else "$@"; fi
}

# ---- build -----------------------------------------------------------------------------------------------------------

# What the checkout holds, without what autoreconf or a build in the tree may have left there.
source_files() {
    (cd "$1" && find . \( -path ./.git -o -path './build*' -o -name autom4te.cache -o -name .deps -o -name __pycache__ \
        -o -name .pytest_cache -o -path './contrib/build-aux/*' -o -path './contrib/m4/*' \) -prune -o -type f \
        ! -path ./configure ! -path ./aclocal.m4 ! -path ./Makefile ! -path ./Makefile.in ! -path ./config.status \
        ! -path ./config.log ! -name '*.o' ! -name '*.a' ! -name '*~' "${@:2}")
}

# Changes when a file of the source comes, goes or changes.
source_stamp() {
    source_files "$1" -printf '%p %s %T@\n' | LC_ALL=C sort | sha256sum | cut -d ' ' -f 1
}

# copy_source FROM TO: TO gets the files of FROM with their times; what autoreconf made in TO stays.
copy_source() {
    mkdir -p "$2"
    (cd "$2" && find . -mindepth 1 -maxdepth 1 ! -name configure ! -name aclocal.m4 ! -name Makefile.in \
        ! -name autom4te.cache ! -name contrib -exec rm -rf {} +)
    source_files "$1" -print0 | tar -C "$1" --null --no-recursion -T - --no-same-owner -cf - | tar -C "$2" -xf -
    mkdir -p "$2/contrib/build-aux" "$2/contrib/m4"
}

makefile_stamp() {
    (cd "$1" && find . -name configure.ac -o -name Makefile.am -o -name '*.mk' | LC_ALL=C sort | xargs sha256sum |
        sha256sum | cut -d ' ' -f 1)
}

# build_tree COPY BUILD LOG [configure argument…]: autoreconf and configure when the makefiles changed, then make.
build_tree() {
    local source=$1 build=$2 log=$3 stamp
    shift 3
    mkdir -p "$build"
    stamp="$(makefile_stamp "$source") $*"
    if [ ! -f "$build/Makefile" ] || [ "$(cat "$build/.stamp" 2>/dev/null)" != "$stamp" ]; then
        (cd "$source" && autoreconf -fi) >"$log" 2>&1 && (cd "$build" && "$source/configure" -q "$@") >>"$log" 2>&1 || {
            tail -n 20 "$log" >&2
            return 1
        }
        printf '%s\n' "$stamp" >"$build/.stamp"
    fi
    make -C "$build" -j "$(nproc)" -s all >>"$log" 2>&1 || {
        grep -E 'error|undefined|\*\*\*' "$log" | tail -n 20 >&2
        return 1
    }
}

# ---- processes -------------------------------------------------------------------------------------------------------

# A pid alone may by now belong to another program: the file also keeps when the process started.
proc_start() {
    local stat
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    stat=${stat##*) }
    # shellcheck disable=SC2086 # fields
    set -- $stat
    [ "$1" != Z ] && printf '%s\n' "${20}"
}
write_pid() { printf '%s %s\n' "$2" "$(proc_start "$2" || echo gone)" >"$I_STATE/$1.pid"; }
# pid_of NAME: prints the pid when that very process is alive.
pid_of() {
    local pid start
    { read -r pid start <"$I_STATE/$1.pid"; } 2>/dev/null || return 1
    [ -n "$start" ] && [ "$(proc_start "$pid")" = "$start" ] && printf '%s\n' "$pid"
}

# spawn NAME SIGNAL COMMAND…: in the background, ended by SIGNAL when this shell dies without a word.
spawn() {
    local name=$1 signal=$2
    shift 2
    setpriv "${as_service[@]}" --pdeathsig "$signal" -- "$@" </dev/null >&"$I_LOGFD" 2>&1 3>&- {I_LOCKFD}>&- &
    write_pid "$name" $!
}

# stop_one NAME SIGNAL SECONDS
stop_one() {
    local pid tries=$(($3 * 20))
    if pid=$(pid_of "$1"); then
        kill -s "$2" "$pid" 2>/dev/null || true
        while ((tries-- > 0)) && pid_of "$1" >/dev/null; do sleep 0.05; done
        if pid_of "$1" >/dev/null; then
            say "$1 did not end in $3 s and is killed" >&"$I_LOGFD"
            kill -KILL "$pid" 2>/dev/null || true
        fi
        wait "$pid" 2>/dev/null || true
        # It led a process group of its own; whatever of it is left has lost its master.
        kill -KILL -- "-$pid" 2>/dev/null || true
    fi
    rm -f "$I_STATE/$1.pid"
}

# ---- one private instance --------------------------------------------------------------------------------------------
# The caller sets I_DATA (directory), I_SOURCE (templates, sql, nginx), I_BUILD (programs), I_EDITOR, I_LISTEN, I_PORT, and
# calls instance_paths, then instance_start, instance_stop.

I_LISTEN=127.0.0.1
I_POOL_SIZE= # connections of a PgBouncer between labeld and the cluster; empty: none
I_PG_OPTIONS=()
I_LOGFD=2
I_LOCKFD=9

pg_bindir() {
    local dir version='*'
    [ ! -f "${I_DATA:-}/pg/PG_VERSION" ] || version=$(cat "$I_DATA/pg/PG_VERSION")
    for dir in $(printf '%s\n' /usr/lib/postgresql/$version/bin /usr/pgsql-$version/bin | sort -V -r); do
        [ ! -x "$dir/initdb" ] || { printf '%s\n' "$dir" && return 0; }
    done
    dir=$(command -v initdb) && dirname "$dir"
}

# A Unix socket's path may have 107 bytes: below a deep directory the sockets get a short one.
instance_sockets() {
    I_RUN=$I_DATA/sock
    if [ ${#I_RUN} -gt 80 ]; then I_RUN=${XDG_RUNTIME_DIR:-/tmp}/labeld-$(id -u)-$(short_hash "$I_DATA"); fi
}

# The instance of contrib/dev-up for a checkout.
dev_dir() { printf '%s\n' "${TMPDIR:-/tmp}/labeld-dev-$(id -u)-$(short_hash "$1")"; }

# As root only what the servers write belongs to them; pid files and configuration do not.
instance_paths() {
    use_service_user
    I_STATE=$I_DATA/run
    instance_sockets
    mkdir -p "$I_DATA" "$I_STATE" "$I_DATA/log"
    if is_root; then chmod 711 "$I_DATA"; else chmod 700 "$I_DATA"; fi
    service_dir "$I_DATA/files"
    service_dir "$I_RUN"
    as_service_user test -w "$I_DATA/files" || die "the user $service_user cannot reach $I_DATA; choose another directory"
    as_service_user test -r "$I_SOURCE/templates" || die "the user $service_user cannot read $I_SOURCE"
    I_PGBIN=$(pg_bindir) || die "no PostgreSQL server found for $I_DATA/pg"
}
service_dir() {
    mkdir -m 700 "$1" 2>/dev/null || [ -d "$1" ] && [ ! -L "$1" ] || die "$1 is not a directory"
    if is_root; then chown $service_user: "$1"; else [ -O "$1" ] || die "$1 belongs to somebody else"; fi
}

# Prints the value of a setting that the environment gives, under any of its names.
env_setting() {
    local name
    for name; do
        [ -z "${!name:-}" ] || { printf '%s\n' "${!name}" && return 0; }
    done
}

# Settings of this instance; everything else passes through from the caller's environment.
instance_env() {
    local name
    for name in $(compgen -e PG); do unset "$name"; done
    export LABELD_DB_HOST=$I_RUN LABELD_DB_PORT=5432 LABELD_DB_POOLED=off LABELD_DB_NAME=labeld LABELD_DB_USER=labeld LABELD_DB_PASSWORD=
    export LABELD_WEB_LISTEN=$I_RUN/web.sock LABELD_SLOW_LISTEN=$I_RUN/slow.sock LABELD_DATA_DIR=$I_DATA/files
    export LABELD_TEMPLATE_DIR=$I_SOURCE/templates LABELD_SQL_DIR=$I_SOURCE/sql LABELD_EDITOR_DIR=$I_EDITOR
    local host
    host=$(env_setting LABELD_HOST LABEL_STUDIO_HOST HOST)
    I_PREFIX=
    if [[ $host =~ ^https?://[^/]+(/.*[^/])/*$ ]]; then I_PREFIX=${BASH_REMATCH[1]}; fi
    I_BODY_MAX=$(env_setting LABELD_UPLOAD_MAX_BYTES DATA_UPLOAD_MAX_MEMORY_SIZE LABEL_STUDIO_DATA_UPLOAD_MAX_MEMORY_SIZE)
    I_BODY_MAX=${I_BODY_MAX:-262144000}
    I_URL=http://${I_LISTEN/#0.0.0.0/127.0.0.1}:$I_PORT$I_PREFIX
    [ -z "$I_POOL_SIZE" ] || export LABELD_DB_PORT=6432 LABELD_DB_POOLED=on
}

# A cluster is complete or not there: it is made aside and renamed.
cluster_init() {
    [ ! -d "$I_DATA/pg" ] || return 0
    say "making a private PostgreSQL cluster in $I_DATA/pg"
    rm -rf "$I_DATA/pg.new"
    service_dir "$I_DATA/pg.new"
    as_service_user "$I_PGBIN/initdb" -D "$I_DATA/pg.new" --username=labeld --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
        "${I_INITDB_OPTIONS[@]}" >"$I_DATA/log/initdb.log" 2>&1 &&
        echo 'CREATE DATABASE labeld' | as_service_user "$I_PGBIN/postgres" --single -D "$I_DATA/pg.new" -c log_destination=stderr postgres \
            >>"$I_DATA/log/initdb.log" 2>&1 || {
        tail -n 20 "$I_DATA/log/initdb.log" >&2
        die "could not make the cluster"
    }
    mv "$I_DATA/pg.new" "$I_DATA/pg"
}
I_INITDB_OPTIONS=()

# Postgres refuses to start when any process has the pid that a crashed one left behind, which small containers hit often.
cluster_clear_stale() {
    local pid
    { read -r pid <"$I_DATA/pg/postmaster.pid"; } 2>/dev/null || return 0
    if [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$(readlink -f "$I_DATA/pg")" ]; then
        say "stopping the cluster that an earlier run left"
        kill -INT "$pid"
        while [ -d "/proc/$pid" ]; do sleep 0.05; done
    fi
    rm -f "$I_DATA/pg/postmaster.pid"
}

start_postgres() {
    local workers=$((${LABELD_WEB_WORKERS:-4} + ${LABELD_SLOW_WORKERS:-2}))
    cluster_clear_stale
    rm -f "$I_RUN/.s.PGSQL.5432" "$I_RUN/.s.PGSQL.5432.lock"
    # The unfriendly signal INT means a fast shutdown here: sessions are ended, data are safe.
    spawn postgres INT "$I_PGBIN/postgres" -D "$I_DATA/pg" -c listen_addresses='' -c unix_socket_directories="$I_RUN" \
        -c unix_socket_permissions=0700 -c port=5432 -c log_destination=stderr -c logging_collector=off \
        -c log_line_prefix='postgres[%p] ' -c log_checkpoints=off -c jit=off -c max_connections=$((workers + 40)) "${I_PG_OPTIONS[@]}"
    until "$I_PGBIN/pg_isready" -q -h "$I_RUN" -p 5432 -U labeld -d postgres; do
        pid_of postgres >/dev/null || return 1
        sleep 0.05
    done
}
# Its clients see a restart of the cluster as a pause or an error, not as a lost connection.
pooler_conf() {
    printf '%s\n' '[databases]' "labeld = host=$I_RUN port=5432 dbname=labeld user=labeld" '[pgbouncer]' 'listen_addr =' \
        "unix_socket_dir = $I_RUN" 'listen_port = 6432' 'auth_type = any' 'pool_mode = transaction' "default_pool_size = $I_POOL_SIZE" \
        'max_client_conn = 500' 'server_login_retry = 1' 'log_connections = 0' 'log_disconnections = 0' 'log_stats = 0' >"$I_STATE/pgbouncer.ini"
}
start_pooler() {
    rm -f "$I_RUN/.s.PGSQL.6432"
    pooler_conf
    # The unfriendly signal TERM means at once here: INT would wait for clients.
    spawn pooler TERM pgbouncer -q "$I_STATE/pgbouncer.ini"
    until [ -S "$I_RUN/.s.PGSQL.6432" ]; do
        pid_of pooler >/dev/null || return 1
        sleep 0.05
    done
}
start_labeld() {
    rm -f "$I_RUN/web.sock" "$I_RUN/slow.sock"
    spawn labeld TERM "$I_BUILD/labeld"
}
start_jobs() { spawn jobs TERM "$I_BUILD/labeld-jobs"; }
start_nginx() { spawn nginx TERM nginx -e stderr -p "$I_RUN" -c "$I_STATE/nginx-main.conf"; }

# nginx_fill TEMPLATE: prints it with the paths of this instance, or of an installation (contrib/install.mk has the same names).
nginx_fill() {
    local editor_version
    editor_version=$("$I_SOURCE/contrib/install-editor" --version)
    sed -e "s|@WEB@|unix:$I_RUN/web.sock|; s|@SLOW@|unix:$I_RUN/slow.sock|; s|@LISTEN@|$I_LISTEN:$I_PORT|" \
        -e "s|@PREFIX@|$I_PREFIX|g; s|@PREFIX_RE@|${I_PREFIX//./\\\\.}|g; s|@RUN@|$I_RUN|g; s|@CONF@|$I_STATE|g; s|@DATA@|$I_DATA/files|g" \
        -e "s|@STATIC@|$I_SOURCE/templates/static|; s|@EDITOR@|$I_EDITOR|; s|@EDITOR_VERSION@|$editor_version|" \
        -e "s|@BODY_MAX@|$I_BODY_MAX|; s|@VERSION@|$(version_of "$I_SOURCE")|; s|@MIME_TYPES@|$(mime_types)|" "$1" |
        if [ -n "$I_PREFIX" ]; then cat; else sed '/#sub-path only$/d'; fi
}
# The release whose API this is, which error answers state.
version_of() { sed -n 's/^#define LABELD_COMPAT_RELEASE "\(.*\)"$/\1/p' "$1/src/http/rs.h"; }
mime_types() {
    local file
    for file in /etc/nginx/mime.types /usr/local/etc/nginx/mime.types /usr/local/nginx/conf/mime.types; do
        [ ! -f $file ] || { printf '%s\n' $file && return 0; }
    done
    die "nginx's mime.types was not found"
}
nginx_conf() {
    local name
    for name in http labeld main; do nginx_fill "$I_SOURCE/nginx/$name.conf.in" >"$I_STATE/nginx-$name.conf"; done
}

port_free() { ! (exec 3<>"/dev/tcp/${I_LISTEN/#0.0.0.0/127.0.0.1}/$1") 2>/dev/null; }
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        port_free $port && printf '%s\n' $port && return 0
    done
}

# One log line per event from everybody: the journal's <n> goes, the time comes, key=value stays. Ends when its writers have.
log_format() {
    # shellcheck disable=SC2016 # a Perl program
    perl -MPOSIX=strftime -ne '
        BEGIN { $| = 1 }
        s/^<\d>//;
        s/^time=\S+ //;
        s/^program=(\S+) pid=(\d+) level=(\w+) msg="((?:[^"\\]|\\.)*)"/"$1\[$2] " . ($3 eq "info" ? "" : "$3: ") . $4/e;
        s/^\d{4}\/\d\d\/\d\d [\d:]+ \[(\w+)\] (\d+)#\d+: (\*\d+ )?/nginx[$2] $1: /;
        print strftime("%H:%M:%S ", localtime), $_;'
}

instance_ready() { curl -fsS -o /dev/null --max-time 2 "$I_URL/ready" 2>/dev/null; }

instance_parts() { printf '%s\n' postgres ${I_POOL_SIZE:+pooler} labeld jobs nginx; }
instance_alive() {
    local name
    for name in $(instance_parts); do pid_of $name >/dev/null || return 1; done
}

# Everything up to an answer from /ready. Ends the caller with the reason otherwise.
instance_start() {
    local until=$((SECONDS + 60))
    instance_env
    port_free "$I_PORT" || die "port $I_PORT is in use; choose another with --port"
    instance_stop >/dev/null
    cluster_init
    start_postgres || die "PostgreSQL did not start; see the log above"
    [ -z "$I_POOL_SIZE" ] || start_pooler || die "PgBouncer did not start; see the log above"
    as_service_user "$I_BUILD/labeld-admin" migrate >&"$I_LOGFD" 2>&1 || die "the database could not be brought up to date; see the log above"
    start_labeld
    start_jobs
    nginx_conf
    start_nginx
    until instance_ready; do
        instance_alive || die "a process ended while starting; see the log above"
        ((SECONDS < until)) || die "no answer from $I_URL/ready"
        sleep 0.05
    done
}

# In the order of a request: no new ones, the running ones end, then the database.
instance_stop() {
    # The shell would report each process that ends by a signal.
    {
        stop_one nginx QUIT 5
        stop_one labeld TERM $((${LABELD_DRAIN_TIMEOUT_S:-30} + 5))
        stop_one jobs TERM 15
        stop_one pooler TERM 5
        stop_one postgres INT 60
    } 2>/dev/null
}

# Whoever died is started again, after what it left of its process group; called from the caller's loop.
instance_mend() {
    local name pid
    for name in $(instance_parts); do
        pid_of $name >/dev/null && continue
        say "$name ended and is started again" >&2
        if read -r pid _ <"$I_STATE/$name.pid"; then kill -KILL -- "-$pid" 2>/dev/null || true; fi
        sleep 0.5
        "start_$name" || say "$name does not start" >&2
    done
}
