#include "tests/support/full_tables.hpp"

#include "platform/pg/blocking.hpp"

namespace taama::test {

namespace {

constexpr auto functions = R"sql(
    -- An expression for the value of a column in row n.
    create function pg_temp.value_of(col pg_attribute) returns text language plpgsql as $$
    declare
        kind text := format_type(col.atttypid, null);
        words text[];
    begin
        if kind in ('text', 'character') then
            words := array(
                select m[1]
                  from pg_constraint c,
                       regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''::', 'g') m
                 where c.conrelid = col.attrelid and c.contype = 'c'
                   and c.conkey = array[col.attnum]);
            if cardinality(words) > 0 then
                -- What is over comes last, and is most of what there is.
                return format('(%L::text[])[least(1 + n %% 50, %s)]', words, cardinality(words));
            end if;
        end if;
        return case kind
            when 'text' then quote_literal(col.attname) || ' || n'
            when 'character' then format('lpad(n::text, %s, ''0'')', col.atttypmod - 4)
            when 'uuid' then 'gen_random_uuid()'
            when 'boolean' then 'n % 2 = 0'
            when 'smallint' then 'n % 100'
            when 'integer' then 'n'
            when 'bigint' then 'n'
            when 'double precision' then 'n'
            when 'timestamp with time zone' then 'now() + n * interval ''1 minute'''
            when 'date' then 'current_date + n % 60'
            when 'tstzrange' then 'tstzrange(now(), now() + n * interval ''1 minute'')'
            when 'bytea' then 'sha256(n::text::bytea)'
            when 'jsonb' then '''{}'''
            when 'inet' then '''10.0.0.1'''
            when 'geography' then format('(%s)::geography',
                case when format_type(col.atttypid, col.atttypmod) like '%LineString%'
                     then 'st_makeline(st_makepoint(n % 90, 0), st_makepoint(0, n % 90))'
                     else 'st_makepoint(n % 180, n % 90)' end)
            else case when kind like '%[]' then '''{}''' else 'null' end
        end;
    end $$;

    create procedure pg_temp.fill(filled regclass, rows int) language plpgsql as $$
    declare
        columns text;
        expressions text;
        dropped name;
    begin
        select string_agg(quote_ident(a.attname), ', ' order by a.attnum),
               string_agg(pg_temp.value_of(a), ', ' order by a.attnum)
          into columns, expressions
          from pg_attribute a
         where a.attrelid = filled and a.attnum > 0 and not a.attisdropped
           and a.attgenerated = '' and a.attidentity = '';
        for dropped in select conname from pg_constraint where conrelid = filled and contype = 'c'
        loop
            execute format('alter table %s drop constraint %I', filled, dropped);
        end loop;
        execute format('delete from %s', filled);
        execute format('insert into %s (%s) select %s from generate_series(1, %s) n%s',
                       filled, columns, expressions, rows,
                       case when not exists (select from pg_constraint
                                              where conrelid = filled and condeferrable)
                            then ' on conflict do nothing' end);
    end $$;)sql";

constexpr auto fill_all = R"sql(
    create procedure pg_temp.fill_all(rows int) language plpgsql as $$
    declare
        each regclass;
    begin
        for each in select c.oid
                      from pg_class c
                     where c.relkind in ('r', 'p') and not c.relispartition
                       and c.relnamespace::regnamespace::text !~ '^(pg_|information_schema|public)'
        loop
            call pg_temp.fill(each, rows);
        end loop;
    end $$;
    set session_replication_role = replica;)sql";  // no triggers, no foreign keys

}  // namespace

void fill_tables(const std::string& url, int rows) {
    pg::BlockingConnection connection{url};
    connection.run_script("functions", functions);
    connection.run_script("fill_all", fill_all);
    connection.run("fill", ("call pg_temp.fill_all(" + std::to_string(rows) + ")").c_str());
    connection.run("analyze", "analyze");
}

}  // namespace taama::test
