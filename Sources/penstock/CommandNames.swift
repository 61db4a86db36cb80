import ArgumentParser
import Coding

/// The names of the commands, for a word that is none of them. The library suggests options and leaves commands out.
enum CommandNames {
    /// What is wrong with the first of `arguments` that should be a command and is none; nil when all are, as far as
    /// the first option.
    /// - Parameter root: the program's own command.
    static func fault(in arguments: some Sequence<String>, of root: any ParsableCommand.Type) -> String? {
        var command = root
        var path = root._commandName
        for word in arguments {
            let known = command.configuration.subcommands
            guard !known.isEmpty, !word.hasPrefix("-") else { return nil }
            guard let next = known.first(where: { $0._commandName == word }) else {
                let hint = Spelling.hint(for: word, among: known.map { $0._commandName }, listedAs: "there are")
                return "there is no command '\(path) \(word)'\(hint)"
            }
            command = next
            path += " \(word)"
        }
        return nil
    }
}
