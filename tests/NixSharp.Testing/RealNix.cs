namespace NixSharp.Testing;

/// <summary>The Nix that is installed, working on a chroot store without substituters and build users.</summary>
public static class RealNix
{
    public const string Configuration =
        "experimental-features = nix-command flakes\nsandbox = false\nbuild-users-group =\nsubstituters =\n";

    /// <summary>Runs one of Nix's programs on the store in <paramref name="store"/>; it has to succeed.</summary>
    public static async Task<string> RunAsync(string store, string program, params string[] arguments)
    {
        var result = await TryRunAsync(store, program, arguments);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} exited with {result.ExitCode}:\n{result.Output}\n{result.Error}");
    }

    /// <summary>Runs one of Nix's programs on the store in <paramref name="store"/>.</summary>
    public static Task<CommandLineResult> TryRunAsync(string store, string program, params string[] arguments) =>
        CommandLine.TryRunAsync(
            new CommandLineOptions { Environment = new Dictionary<string, string> { ["NIX_CONFIG"] = Configuration } },
            program,
            [.. program == "nix" ? (string[])[.. arguments, "--store", store] : ["--store", store, .. arguments]]);

    /// <summary>Has Nix check every hash and every row of the store.</summary>
    public static Task<CommandLineResult> VerifyAsync(string store) =>
        TryRunAsync(store, "nix-store", "--verify", "--check-contents");
}
