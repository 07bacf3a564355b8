import ArgumentParser

@main
struct Dailies: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "dailies")
}
