using NixSharp.Testing;
using NixSharp.Tool;

namespace NixSharp.Integration.Tests.Tool;

/// <summary>The real <c>nixsharp</c> program, as a process of its own.</summary>
internal static class NixSharpProgram
{
    public static string Assembly { get; } = typeof(NixSharpTool).Assembly.Location;

    public static async Task<string> RunAsync(params string[] arguments)
    {
        var result = await TryRunAsync(arguments);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"nixsharp {string.Join(' ', arguments)} exited with {result.ExitCode}:\n{result.Output}\n{result.Error}");
    }

    public static Task<CommandLineResult> TryRunAsync(params string[] arguments) =>
        CommandLine.TryRunAsync(
            new CommandLineOptions { Environment = new Dictionary<string, string> { ["NIX_CONFIG"] = RealNix.Configuration } },
            "dotnet",
            [Assembly, .. arguments]);
}
