# shellcheck shell=bash
# What `backup` and `restore` do with a bucket, by rclone, which gets the same settings as Dailies: the credentials and AWS_REGION of the
# environment or of a role, and DAILIES_S3_ENDPOINT or AWS_ENDPOINT_URL_S3 where the store is not Amazon's.

is_bucket() { [[ $1 == s3://?* ]]; }

# The bucket and what is in it as rclone names it; and the check that doctor leaves there is no file of anybody's.
remote() { printf 'dailies:%s' "${1#s3://}"; }

in_bucket() {
    local endpoint=${DAILIES_S3_ENDPOINT:-${AWS_ENDPOINT_URL_S3:-${AWS_ENDPOINT_URL:-}}} provider=AWS path_style=false
    if [ -n "$endpoint" ]; then provider=Other path_style=true; fi
    case ${DAILIES_S3_ADDRESSING:-} in path) path_style=true ;; virtual-host) path_style=false ;; esac
    RCLONE_CONFIG=/dev/null RCLONE_CONFIG_DAILIES_TYPE=s3 RCLONE_CONFIG_DAILIES_PROVIDER=$provider RCLONE_CONFIG_DAILIES_ENV_AUTH=true \
        RCLONE_CONFIG_DAILIES_REGION=${DAILIES_S3_REGION:-${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}} \
        RCLONE_CONFIG_DAILIES_ENDPOINT=$endpoint RCLONE_CONFIG_DAILIES_FORCE_PATH_STYLE=$path_style \
        RCLONE_CONFIG_DAILIES_NO_CHECK_BUCKET=true RCLONE_LOG_LEVEL=ERROR rclone --exclude=/.check "$@"
}
