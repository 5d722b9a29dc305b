namespace NixSharp.Testing;

/// <summary>Real Nix, the machine's unless another release is asked for, working on a chroot store without substituters and build users.</summary>
public static class RealNix
{
    /// <summary>Nothing is remembered of caches: servers of different tests may have the same port.</summary>
    public const string Configuration =
        "experimental-features = nix-command flakes\nsandbox = false\nbuild-users-group =\nsubstituters =\nnarinfo-cache-positive-ttl = 0\nnarinfo-cache-negative-ttl = 0\n";

    /// <summary>Runs one of Nix's programs on the store in <paramref name="store"/>; it has to succeed.</summary>
    public static Task<string> RunAsync(string store, string program, params string[] arguments) =>
        RunAsync(NixRelease.Machine, store, program, arguments);

    /// <summary>Runs one of a release's programs on a store; it has to succeed.</summary>
    public static async Task<string> RunAsync(NixRelease release, string store, string program, params string[] arguments)
    {
        var result = await TryRunAsync(release, store, program, arguments);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} exited with {result.ExitCode}:\n{result.Output}\n{result.Error}");
    }

    /// <summary>Runs one of Nix's programs on the store in <paramref name="store"/>.</summary>
    public static Task<CommandLineResult> TryRunAsync(string store, string program, params string[] arguments) =>
        TryRunAsync(NixRelease.Machine, store, program, arguments);

    /// <summary>Runs one of a release's programs on a store.</summary>
    public static Task<CommandLineResult> TryRunAsync(NixRelease release, string store, string program, params string[] arguments) =>
        CommandLine.TryRunAsync(
            new CommandLineOptions { Environment = new Dictionary<string, string> { ["NIX_CONFIG"] = Configuration } },
            release.PathOf(program),
            [.. program == "nix" ? (string[])[.. arguments, "--store", store] : ["--store", store, .. arguments]]);

    /// <summary>Has Nix check every hash and every row of the store.</summary>
    public static Task<CommandLineResult> VerifyAsync(string store, NixRelease release = NixRelease.Machine) =>
        TryRunAsync(release, store, "nix-store", "--verify", "--check-contents");
}
