import Catalog

/// The annexes' own texts, in the languages that there are; English for all others.
enum AnnexText {
    static let parameters = text("Parameters", nb: "Parametre")
    static let columns = text("Columns", nb: "Kolonner")
    static let summary = text("Summary", nb: "Sammendrag")

    static let parameter = text("Parameter", nb: "Parameter")
    static let value = text("Value", nb: "Verdi")
    static let report = text("Report", nb: "Rapport")
    static let description = text("Description", nb: "Beskrivelse")
    static let catalog = text("Catalog", nb: "Katalog")
    static let organisation = text("Organisation", nb: "Organisasjon")
    static let reportID = text("Report ID", nb: "Rapport-ID")
    static let requestedBy = text("Requested by", nb: "Bestilt av")
    static let requestedAt = text("Requested at", nb: "Bestilt")
    static let dataAsOf = text("Data as of", nb: "Data per")
    static let periodOf = text("Period of", nb: "Periode for")
    static let firstDay = text("First day", nb: "Første dag")
    static let lastDay = text("Last day", nb: "Siste dag")
    static let periodZone = text("Time zone of the period", nb: "Tidssone for perioden")
    static let timeZone = text("Time zone", nb: "Tidssone")
    static let statuses = text("Statuses", nb: "Statuser")
    static let scope = text("Scope", nb: "Utvalg")
    static let filterFile = text("Filter file", nb: "Filterfil")
    static let order = text("Order", nb: "Sortering")
    static let descending = text("descending", nb: "synkende")
    static let format = text("Format", nb: "Format")
    static let locale = text("Locale", nb: "Språkinnstilling")
    static let language = text("Language", nb: "Språk")
    static let all = text("All", nb: "Alle")

    static let key = text("Key", nb: "Nøkkel")
    static let label = text("Label", nb: "Etikett")
    static let type = text("Type", nb: "Type")
    static let shownAs = text("Shown as", nb: "Vist som")

    static let column = text("Column", nb: "Kolonne")
    static let count = text("Count", nb: "Antall")
    static let sum = text("Sum", nb: "Sum")
    static let rows = text("Rows", nb: "Rader")

    private static func text(_ en: String, nb: String) -> LocalizedText {
        LocalizedText([("en", en), ("nb", nb), ("no", nb), ("nn", nb)])
    }
}
