using Microsoft.Build.Framework;
using NixSharp.Closures;
using NixSharp.MSBuild.Items;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.MSBuild;

/// <summary>Signs store paths, so that others who know the key take them from a cache.</summary>
[MSBuildMultiThreadableTask]
public sealed class SignNixPaths : NixStoreTask
{
    /// <summary>The file with the paths to sign.</summary>
    [Required]
    public string RootItems { get; set; } = "";

    /// <summary>The file of the secret key.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The name of the environment variable with the secret key.</summary>
    public string? KeyVariable { get; set; }

    /// <summary>Whether all that the paths need is signed too.</summary>
    public bool Closure { get; set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var file = NullIfEmpty(KeyFile) is { } relative ? PathOf(relative) : null;
        var key = await SecretKey.ReadAsync(file, NullIfEmpty(KeyVariable), cancellationToken).ConfigureAwait(false);
        var store = await OpenStoreAsync(cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            var roots = ReadRoots(store, RootItems);
            IReadOnlyList<StorePath> paths = Closure
                ? [.. (await store.GetClosureAsync(roots, cancellationToken).ConfigureAwait(false)).Paths.Select(static info => info.Path)]
                : roots;
            var signed = await store.SignAsync(paths, key, cancellationToken).ConfigureAwait(false);
            ItemFile.Write(PathOf(ItemsFile), signed.Select(pair => new NixItem(
                pair.Key.ToString(),
                ("KeyName", key.Name),
                ("Signature", pair.Value.ToString()))));
            Log.LogMessage(MessageImportance.High, $"{string.Join(' ', roots)}: {signed.Count} store paths signed with {key.Name}");
        }
    }
}
