import API
import ArgumentParser

struct OpenAPICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi",
        abstract: "Print the OpenAPI 3.1 document of all surfaces.",
        discussion: "The same document as GET /report/openapi.json. Needs no configuration.")

    @Option(name: .long, help: "How clients reach the service; the document's server.") var publicURL = ""

    func run() throws {
        try command {
            Terminal.json(try OpenAPIDocument.make(publicURL: publicURL))
        }
    }
}
