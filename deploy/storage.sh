# shellcheck shell=bash
# What `backup` and `restore` share: how they look at a folder or a bucket, and how they compare files by their SHA-256. Lists of files have one
# entry for each file, ended by a zero byte, so that a name may hold anything: "SHA256  NAME" for contents, "SIZE  NAME" for lengths.
#
# A bucket is reached by rclone, which gets the same settings as Dailies: the credentials and AWS_REGION of the environment or of a role, and
# DAILIES_S3_ENDPOINT or AWS_ENDPOINT_URL_S3 where the store is not Amazon's.

# Lists are compared in the order of bytes, and read in the encoding of the files' names, whatever the locale of this shell is.
export LC_ALL=C PGCLIENTENCODING=UTF8
unset CDPATH

# A folder for lists, which `backup` and `restore` make.
lists=''

say() { printf '%s\n' "$*" >&2; }

is_bucket() { [[ $1 == s3://?* ]]; }

# Makes the path in a variable one that no program takes for an option, or for a place on another machine.
make_path() { case ${!1} in /* | ./*) ;; *) printf -v "$1" './%s' "${!1}" ;; esac; }

# The bucket and what is in it as rclone names it.
remote() { printf 'dailies:%s' "${1#s3://}"; }

in_bucket() {
    local endpoint=${DAILIES_S3_ENDPOINT:-${AWS_ENDPOINT_URL_S3:-${AWS_ENDPOINT_URL:-}}} provider=AWS path_style=false
    if [ -n "$endpoint" ]; then provider=Other path_style=true; fi
    case ${DAILIES_S3_ADDRESSING:-} in path) path_style=true ;; virtual-host) path_style=false ;; esac
    RCLONE_CONFIG=/dev/null RCLONE_CONFIG_DAILIES_TYPE=s3 RCLONE_CONFIG_DAILIES_PROVIDER=$provider RCLONE_CONFIG_DAILIES_ENV_AUTH=true \
        RCLONE_CONFIG_DAILIES_REGION=${DAILIES_S3_REGION:-${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}} \
        RCLONE_CONFIG_DAILIES_ENDPOINT=$endpoint RCLONE_CONFIG_DAILIES_FORCE_PATH_STYLE=$path_style \
        RCLONE_CONFIG_DAILIES_NO_CHECK_BUCKET=true RCLONE_LOG_LEVEL=ERROR rclone "$@"
}

# What stands beside the files: what is under way, doctor's check, a restore's mark, and what a file system keeps in its root.
marker=.dailies-restore
in_folder() { (cd -- "$1" && find . -mindepth 1 \( -path ./lost+found -o -path ./.staging -o -path ./.check -o -path "./$marker" \) -prune -o -type f -printf "$2"); }
beside=(--exclude=/.staging/** --exclude=/.check "--exclude=/$marker")

# "SIZE  NAME" of every file; with the time of its last change behind the size where both sides keep it.
lengths() {
    if is_bucket "$1"; then
        in_bucket lsf -R --files-only --format sp --separator '  ' "${beside[@]}" "$(remote "$1")" | tr '\n' '\0'
    else
        in_folder "$1" "${2:-%s}  %P\\0"
    fi
}

# "SHA256  NAME" of the files whose names are read. One that cannot be read is left out, and named on standard error.
contents() {
    if is_bucket "$1"; then
        tr '\0' '\n' >"$lists/to-read"
        in_bucket hashsum sha256 --download --files-from-raw "$lists/to-read" "$(remote "$1")" | tr '\n' '\0'
    else
        (cd -- "$1" && sed -z 's/^/.\//' | xargs -0 --no-run-if-empty sha256sum --zero --) | sed -z -E 's/^([0-9a-f]{64}  )\.\//\1/'
    fi
}

# The names in a list.
names() { sed -z -E 's/^[0-9a-f.]+( [0-9.]+)?  //' | sort -z -u; }

# Those entries of a list of contents whose names are in a list of names.
of_names() { awk 'BEGIN { RS = ORS = "\0" } FILENAME == ARGV[1] { wanted[$0]; next } substr($0, 67) in wanted' "$1" "$2"; }

# "SHA256  NAME" of those names, among the names that are read, that hold the SHA-256 of their content: all that Dailies gives.
named_contents() {
    sed -z -n -E 's#^((recordings/[0-9a-f]{2}|artifacts/[0-9a-f]{2}/[0-9a-f]{2})/([0-9a-f]{64})(\.[^/]*)?)$#\3  \1#p' | sort -z
}

# A few of the names that are read, each in a line of its own without control characters.
show() {
    local count
    count=$(tr -cd '\0' <"$1" | wc -c)
    head -z -n 20 "$1" | tr '\000-\037\177' '\n?' | sed 's/^/    /' >&2
    if [ "$count" -gt 20 ]; then say "    and $((count - 20)) more"; fi
}

# What psql, pg_dump and pg_restore reach the database with; libpq's own PG… variables hold where there is no --database.
connection() { if [ -n "$database" ]; then reach=(--dbname="$database"); else reach=(); fi; }

sql() { psql -X -q -A -t -0 -v ON_ERROR_STOP=1 "${reach[@]}" -c "$1"; }
answer() { sql "$1" | tr -d '\0'; }

# What the database says of files: their contents, and which recordings have to be there. A recording that workers wait for need not be.
# shellcheck disable=SC2034  # used by the scripts that source this file
stored_contents="
    SELECT sha256 || '  ' || key FROM dailies.artifacts
    UNION
    SELECT (rr.report #>> '{container,sha256}') || '  ' || r.recording_key
    FROM dailies.review_records rr JOIN dailies.responses r ON r.id = rr.response_id WHERE rr.report #>> '{container,sha256}' IS NOT NULL"
named_recordings() {
    local but=''
    # A release of before has no such table.
    if [ "$(answer "SELECT to_regclass('dailies.awaited_files') IS NOT NULL")" = t ]; then
        but="WHERE id NOT IN (SELECT response_id FROM dailies.awaited_files)"
    fi
    sql "SELECT DISTINCT recording_key FROM dailies.responses $but"
}

# Which storage this is: the number in a file of that name.
number() { head -c 36 -- "$1/.dailies-storage" 2>/dev/null || true; }
