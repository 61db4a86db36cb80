import Coding
import SQLText

/// Characters that a database's encoding lacks.
///
///     session in UTF-8 ─ statement, values ─▶ converted by the server ─▶ LATIN1: 'é' is there, '€' is error 22P05
///
/// Such a value equals no value of that database. A session that only compares has it as NULL, which equals nothing, so
/// that the other values of the statement still find their rows.
extension Connection {
    /// From now on a value that the database's encoding cannot hold is NULL in every statement. Only for sessions that
    /// compare values and store none.
    package func takesForeignValuesAsNull() {
        // SQL_ASCII takes all bytes as they are. A pooler that does not tell leaves it to the server.
        switch reported("server_encoding") {
        case "UTF8", "SQL_ASCII", nil: break
        default: repertoire = Repertoire()
        }
    }

    /// Whether there are texts that the database's encoding cannot hold, and the session asks for them.
    package var hasForeignText: Bool { repertoire != nil }

    /// Those of some characters that the database's encoding has no place for. Asks the server, once for each.
    package func foreign(among scalars: Set<UInt32>) throws(PostgresError) -> Set<UInt32> {
        guard repertoire != nil else { return [] }
        let unknown = scalars.filter { $0 >= 0x80 && repertoire?.held[$0] == nil }.sorted()
        for start in stride(from: 0, to: unknown.count, by: Repertoire.batch) {
            let asked = unknown[start..<min(start + Repertoire.batch, unknown.count)]
            let missing = try ask(asked)
            for scalar in asked { repertoire?.held[scalar] = !missing.contains(scalar) }
        }
        return scalars.filter { repertoire?.held[$0] == false }
    }

    /// A statement with NULL in place of the values that the database's encoding cannot hold.
    func withoutForeignValues(_ sql: SQL) throws(PostgresError) -> SQL {
        guard repertoire != nil else { return sql }
        let foreign = try foreign(among: Set(sql.values.flatMap { $0.unicodeScalars.map(\.value) }))
        guard !foreign.isEmpty else { return sql }
        return sql.mappingValues { value in
            value.unicodeScalars.contains { foreign.contains($0.value) } ? nil : value
        }
    }

    /// In a subtransaction each, so that a character that cannot be converted is no error of the session or in the
    /// server's log. Without PL/pgSQL there is no such way, and the server refuses the value itself, as it would any.
    private func ask(_ scalars: ArraySlice<UInt32>) throws(PostgresError) -> Set<UInt32> {
        if repertoire?.canAsk == nil {
            let language = try query(
                """
                select exists (
                    select from pg_catalog.pg_language where lanname = 'plpgsql'
                        and pg_catalog.has_language_privilege(oid, 'usage')
                ) as usable
                """, "look up PL/pgSQL")
            repertoire?.canAsk = language.first?.boolean("usable") ?? false
        }
        guard repertoire?.canAsk == true else { return [] }
        let codes = scalars.map { scalar in
            (Unicode.Scalar(scalar).map { Array(String($0).utf8) } ?? []).hexadecimal
        }
        // Hexadecimal digits and commas alone.
        let rows = try run(
            SQL(
                unsafeText: """
                    do $ask$
                    declare
                        code text;
                        missing text := '';
                    begin
                        foreach code in array pg_catalog.string_to_array('\(codes.joined(separator: ","))', ',') loop
                            begin
                                perform pg_catalog.convert_from(pg_catalog.decode(code, 'hex'), 'UTF8');
                            exception when untranslatable_character or character_not_in_repertoire then
                                missing := missing || ',' || code;
                            end;
                        end loop;
                        perform pg_catalog.set_config('penstock.missing', missing, true);
                    end
                    $ask$;
                    select pg_catalog.current_setting('penstock.missing') as missing
                    """), "look up characters")
        let missing = Set((rows.first?.string("missing") ?? "").split(separator: ",").map(String.init))
        return Set(zip(scalars, codes).filter { missing.contains($1) }.map(\.0))
    }
}

/// The characters of which it is known whether a database's encoding can hold them.
struct Repertoire {
    /// Characters in one question.
    static let batch = 4096

    var held: [UInt32: Bool] = [:]
    /// Whether the server has the language that it is asked in; nil until it was looked up.
    var canAsk: Bool?
}
