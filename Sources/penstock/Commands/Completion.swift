import ArgumentParser

struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Print a shell's completion of these commands and options.",
        discussion: """
            make install and the package put it where the shells look. By hand: penstock completion bash > \
            ~/.local/share/bash-completion/completions/penstock, penstock completion fish > \
            ~/.config/fish/completions/penstock.fish, and for zsh a file _penstock in a folder of $fpath.
            """)

    @Argument(help: "bash, zsh or fish.") var shell: String

    /// The main command knows all others, and calls this in place of `run`.
    /// - Parameter script: the completion for a shell.
    /// - Throws: `ExitCode` for another shell.
    func write(_ script: (CompletionShell) -> String) throws {
        try command {
            guard let known = CompletionShell(rawValue: shell) else {
                throw CommandFailure("the shell", shell, of: CompletionShell.allCases.map(\.rawValue))
            }
            Terminal.line(script(known))
        }
    }
}
