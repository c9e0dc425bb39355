-- Words come as `projections/words.py` makes them: those of products as a tsvector is written, and for
-- a language again with their accents, which its stems need; a text for each weight.
create function projections.lexemes(language text, searched text, accented text[]) returns tsvector
language plpgsql immutable parallel safe as $$
declare
    lexemes tsvector := searched;
    configuration regconfig;
begin
    if language <> 'simple' then
        configuration := 'pg_catalog.' || language;
        lexemes := lexemes || setweight(to_tsvector(configuration, accented[1]), 'A')
            || setweight(to_tsvector(configuration, accented[2]), 'B')
            || setweight(to_tsvector(configuration, accented[3]), 'C')
            || setweight(to_tsvector(configuration, accented[4]), 'D');
    end if;
    return lexemes;
end
$$;

create function projections.catalog_lexeme(catalog_id text) returns tsquery
language sql immutable parallel safe as $$
    select ('''@' || catalog_id || '''')::tsquery
$$;

-- All of the words, each as it is or by its stem. What a language has no stem of is a stop word: it
-- counts where it is the last one, which may go on, and where there are no others.
create function projections.query(language text, queries text[], accented text[]) returns tsquery
language plpgsql immutable parallel safe as $$
declare
    configuration constant regconfig not null := 'pg_catalog.' || language;
    word tsquery;
    stem tsquery not null := '';
    every tsquery not null := '';
    found tsquery not null := '';
    telling boolean not null := language = 'simple';
    skipped boolean not null := false;
begin
    for position in 1 .. cardinality(queries) loop
        word := queries[position];
        every := every && word;
        if language <> 'simple' then
            stem := plainto_tsquery(configuration, accented[position]);
            telling := telling or numnode(stem) > 0;
            skipped := numnode(stem) = 0 and position < cardinality(queries);
        end if;
        found := case when skipped then found else found && (word || stem) end;
    end loop;
    return case when telling then found else every end;
end
$$;
