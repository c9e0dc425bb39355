#!/bin/sh
# Makes every password of the stack once, at run time, and hands each service its own.
#
#   secrets.sh            make what is missing
#   secrets.sh NAME...    replace these: owner command_api query_api worker redis
set -eu
umask 077

app=10001 grafana=472 postgres=999 redis=999

password() { # NAME
    if [ ! -s "/vault/$1" ]; then
        od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"/vault/$1.new"
        mv "/vault/$1.new" "/vault/$1"
    fi
    cat "/vault/$1"
}

give() { # READER UID FILE CONTENT
    printf '%s\n' "$4" >"/secrets/$1/$3.new"
    chown "$2" "/secrets/$1/$3.new"
    mv "/secrets/$1/$3.new" "/secrets/$1/$3"
}

give_urls() { # READER ROLE
    give "$1" $app catalog_database_url "postgresql://$2:$(password "$2")@postgres:5432/catalog"
    give "$1" $app catalog_redis_url "redis://catalog:$(password redis)@redis:6379/0"
}

for name in "$@"; do
    rm "/vault/$name"
done

give postgres $postgres password "$(password postgres)"
give roles $postgres pgpass "postgres:5432:catalog:postgres:$(password postgres)"
for role in owner command_api query_api worker; do
    give roles $postgres $role "$(password $role)"
done

redis_digest=$(password redis | sha256sum | cut -d ' ' -f 1)
give redis $redis users.acl "user default on nopass resetkeys resetchannels -@all +ping
user catalog on #$redis_digest allkeys allchannels +@all -@admin"

give_urls migrate owner
give migrate $app catalog_admin_password "$(password administrator)"
give_urls command-api command_api
give_urls query-api query_api
give_urls worker worker
give grafana $grafana admin_password "$(password grafana)"
