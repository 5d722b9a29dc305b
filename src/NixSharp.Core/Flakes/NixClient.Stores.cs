using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Processes;
using NixSharp.StorePaths;

namespace NixSharp.Flakes;

public sealed partial class NixClient
{
    // Until then it was 'nix show-derivation'; the new name has new output as well.
    private static readonly Version HasDerivationShow = new(2, 14);

    /// <summary>The derivations of installables.</summary>
    /// <param name="installables">What to evaluate.</param>
    /// <param name="recursive">Whether to include all derivations that they need.</param>
    /// <param name="cancellationToken">Stops the evaluation.</param>
    /// <exception cref="NixProcessException">Nix is not there, or could not evaluate an installable.</exception>
    public async Task<IReadOnlyDictionary<StorePath, Derivation>> ShowDerivationsAsync(
        IReadOnlyList<string> installables,
        bool recursive = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(installables);
        List<string> arguments = await GetVersionAsync(cancellationToken).ConfigureAwait(false) >= HasDerivationShow ? ["derivation", "show"] : ["show-derivation"];
        AddIf(arguments, recursive, "--recursive");
        var (command, json) = await RunJsonAsync(arguments, installables, cancellationToken).ConfigureAwait(false);
        return NixJson.Read(command, () => DerivationJson.Read(json, directory: _options.StoreDirectory));
    }

    /// <summary>What the build of an installable printed.</summary>
    /// <exception cref="NixProcessException">Nix is not there, or has no log of it.</exception>
    public async Task<string> GetBuildLogAsync(string installable, CancellationToken cancellationToken = default) =>
        (await RunAsync(["log"], [installable], cancellationToken).ConfigureAwait(false)).Result.Output;

    /// <summary>Copies installables, with all that they need, to another store or from it.</summary>
    /// <param name="installables">What to copy.</param>
    /// <param name="to">The URI of the store to copy to; null for the client's own.</param>
    /// <param name="from">The URI of the store to copy from; null for the client's own.</param>
    /// <param name="cancellationToken">Stops copying.</param>
    /// <exception cref="NixProcessException">Nix is not there, or could not copy.</exception>
    /// <exception cref="ArgumentException">Neither store is given.</exception>
    public Task CopyAsync(IReadOnlyList<string> installables, string? to = null, string? from = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(installables);
        List<string> arguments = ["copy"];
        if (to is not null)
        {
            arguments.AddRange(["--to", to]);
        }

        if (from is not null)
        {
            arguments.AddRange(["--from", from]);
        }

        return arguments.Count > 1
            ? RunAsync(arguments, installables, cancellationToken)
            : throw new ArgumentException("A store to copy to or from is needed.", nameof(to));
    }

    /// <summary>The hash of the NAR of a file or folder, as <c>nix hash path</c> gives it.</summary>
    /// <exception cref="NixProcessException">Nix is not there, or could not read the path.</exception>
    public Task<NixHash> HashPathAsync(string path, CancellationToken cancellationToken = default) => HashAsync("path", path, cancellationToken);

    /// <summary>The hash of the contents of a file, as <c>nix hash file</c> gives it.</summary>
    /// <exception cref="NixProcessException">Nix is not there, or could not read the file.</exception>
    public Task<NixHash> HashFileAsync(string path, CancellationToken cancellationToken = default) => HashAsync("file", path, cancellationToken);

    /// <summary>Deletes all that no root needs; what Nix says of it is logged.</summary>
    /// <exception cref="NixProcessException">Nix is not there, or could not delete.</exception>
    public Task CollectGarbageAsync(CancellationToken cancellationToken = default) => RunAsync(["store", "gc"], [], cancellationToken);

    /// <summary>Makes equal files in the store one file.</summary>
    /// <exception cref="NixProcessException">Nix is not there, or could not link.</exception>
    public Task OptimiseStoreAsync(CancellationToken cancellationToken = default) => RunAsync(["store", "optimise"], [], cancellationToken);

    /// <summary>Checks that store paths have the contents that the store says; signatures are not asked for.</summary>
    /// <exception cref="NixProcessException">Nix is not there, or a path is damaged.</exception>
    public Task VerifyStoreAsync(IReadOnlyList<string> installables, CancellationToken cancellationToken = default) =>
        RunAsync(["store", "verify", "--no-trust"], installables, cancellationToken);

    private async Task<NixHash> HashAsync(string what, string path, CancellationToken cancellationToken)
    {
        // These commands look at files, and take neither a store nor a flake.
        ArgumentNullException.ThrowIfNull(path);
        var command = new ProcessCommand(_options.Program, "hash", what, "--extra-experimental-features", "nix-command", "--", path)
        {
            WorkingFolder = _options.WorkingFolder,
            InstallHint = InstallHint,
        };
        var result = await command.RunAsync(cancellationToken).ConfigureAwait(false);
        return NixJson.Read(command.ToString(), () => NixHash.Parse(result.Output.Trim()));
    }
}
