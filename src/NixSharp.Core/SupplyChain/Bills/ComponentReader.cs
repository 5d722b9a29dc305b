using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.SupplyChain.Bills;

/// <summary>Says of store paths what their derivations tell, as far as the store has those.</summary>
internal sealed class ComponentReader(INixStore store)
{
    private const int MaxName = 256;

    private readonly Dictionary<StorePath, Derivation?> _derivations = [];

    public async Task<BillComponent> ReadAsync(PathInfo info, CancellationToken cancellationToken)
    {
        var deriver = info.Deriver;
        var derivation = deriver is { } path && DerivationName(path) is not null ? await FindAsync(path, cancellationToken).ConfigureAwait(false) : null;
        var (name, output) = Split(info.Path.Name, derivation?.Name ?? DerivationName(deriver));
        return new BillComponent
        {
            Path = info.Path,
            Package = PackageOf(derivation) ?? PackageName.Parse(name),
            Output = output,
            NarHash = info.NarHash,
            NarSize = info.NarSize,
            Dependencies = [.. info.References.Where(reference => reference != info.Path)],
            Deriver = deriver,
            DeriverHash = derivation is null ? null : NixHash.Compute(NixHashAlgorithm.Sha256, derivation.ToAterm()),
            Sources = derivation is null ? [] : await ReadSourcesAsync(derivation, cancellationToken).ConfigureAwait(false),
        };
    }

    private async Task<IReadOnlyList<BillSource>> ReadSourcesAsync(Derivation derivation, CancellationToken cancellationToken)
    {
        var sources = new List<BillSource>(DownloadReader.Read(derivation));
        foreach (var input in derivation.InputDerivations.Keys.Order())
        {
            if (await FindAsync(input, cancellationToken).ConfigureAwait(false) is { } download)
            {
                sources.AddRange(DownloadReader.Read(download));
            }
        }

        return sources;
    }

    private async Task<Derivation?> FindAsync(StorePath path, CancellationToken cancellationToken)
    {
        if (!_derivations.TryGetValue(path, out var derivation))
        {
            derivation = await store.QueryPathInfoAsync(path, cancellationToken).ConfigureAwait(false) is null
                ? null
                : await store.ReadDerivationAsync(path, cancellationToken).ConfigureAwait(false);
            _derivations.Add(path, derivation);
        }

        return derivation;
    }

    private static string? DerivationName(StorePath? deriver) =>
        deriver?.Name is { } name && name.EndsWith(Derivation.FileExtension, StringComparison.Ordinal) ? name[..^Derivation.FileExtension.Length] : null;

    /// <summary>The name of the derivation, and the output: all but <c>out</c> have their name behind a dash.</summary>
    private static (string Name, string Output) Split(string pathName, string? derivationName) =>
        derivationName is not null && pathName.StartsWith($"{derivationName}-", StringComparison.Ordinal)
            ? (derivationName, pathName[(derivationName.Length + 1)..])
            : (pathName, "out");

    private static PackageName? PackageOf(Derivation? derivation) =>
        derivation is null ? null
        : Plain(derivation, "pname") is { } name ? new PackageName(name, Plain(derivation, "version"))
        : PackageName.Parse(derivation.Name);

    /// <summary>A variable that is fit for a name or a version: derivations may hold any bytes.</summary>
    private static string? Plain(Derivation derivation, string variable) =>
        DownloadReader.Variable(derivation, variable) is { Length: > 0 and < MaxName } text && text.All(static c => c is > ' ' and < '\x7f') ? text : null;
}
