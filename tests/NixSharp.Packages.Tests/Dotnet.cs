using NixSharp.Testing;

namespace NixSharp.Packages.Tests;

/// <summary>Runs the real <c>dotnet</c>, which leaves no server behind.</summary>
public static class Dotnet
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        ["DOTNET_NOLOGO"] = "1",
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["UseSharedCompilation"] = "false",
    };

    public static async Task<string> RunAsync(string folder, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var result = await TryRunAsync(folder, variables, arguments);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} exited with {result.ExitCode}:\n{result.Output}\n{result.Error}");
    }

    public static Task<CommandLineResult> TryRunAsync(string folder, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var environment = new Dictionary<string, string>(Variables);
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return CommandLine.TryRunAsync(new CommandLineOptions { WorkingFolder = folder, Environment = environment }, "dotnet", arguments);
    }
}
