using NixSharp.Closures;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>What a sandbox has besides what a derivation needs: <c>sandbox-paths</c>.</summary>
internal static class SandboxPaths
{
    /// <summary>Reads <c>TARGET</c>, <c>TARGET=SOURCE</c>, each with <c>?</c> behind where it may be missing.</summary>
    /// <exception cref="NixStoreException">An entry is something else, or names a file that is not there.</exception>
    public static async Task<IReadOnlyList<SandboxMount>> ReadAsync(LocalStore store, IReadOnlyList<string> entries, CancellationToken cancellationToken)
    {
        var mounts = new List<SandboxMount>();
        foreach (var entry in entries)
        {
            var isOptional = entry.EndsWith('?');
            var text = isOptional ? entry[..^1] : entry;
            var separator = text.IndexOf('=', StringComparison.Ordinal);
            var (target, source) = separator < 0 ? (text, text) : (text[..separator], text[(separator + 1)..]);
            if (!IsPlain(target) || !IsPlain(source))
            {
                throw Invalid(entry, "both paths have to be absolute, without '.' and '..'");
            }

            var closure = await ClosureOfAsync(store, source, cancellationToken).ConfigureAwait(false);
            mounts.AddRange(closure.Select(path => new SandboxMount(store.GetRealPath(path), path.ToString())));
            var real = closure.Count > 0 ? RealPathOf(store, source) : source;
            if (!Path.Exists(real))
            {
                if (isOptional)
                {
                    continue;
                }

                throw Invalid(entry, $"there is no {source}");
            }

            if (mounts.TrueForAll(mount => mount.Target != target))
            {
                // What it leads to is what is mounted, wherever that is.
                var final = File.ResolveLinkTarget(real, returnFinalTarget: true)?.FullName ?? real;
                mounts.Add(new SandboxMount(final, target, isOptional));
            }
        }

        return mounts;
    }

    private static bool IsPlain(string path) =>
        path.StartsWith('/') && !path.Split('/').Any(static part => part is "." or "..") && !path.Contains('\0', StringComparison.Ordinal);

    /// <summary>What a file in the store needs; nothing where the file is not in the store.</summary>
    private static async Task<IReadOnlyList<StorePath>> ClosureOfAsync(LocalStore store, string source, CancellationToken cancellationToken)
    {
        var prefix = store.StoreDirectory.Path + "/";
        if (!source.StartsWith(prefix, StringComparison.Ordinal))
        {
            return [];
        }

        var end = source.IndexOf('/', prefix.Length);
        return StorePath.TryParse(end < 0 ? source : source[..end], store.StoreDirectory, out var path)
            && await store.QueryPathInfoAsync(path, cancellationToken).ConfigureAwait(false) is not null
            ? [.. (await store.GetClosureAsync(path, cancellationToken).ConfigureAwait(false)).Paths.Select(static info => info.Path)]
            : [];
    }

    private static string RealPathOf(LocalStore store, string source) =>
        Path.Combine(store.Layout.RealStore, source[(store.StoreDirectory.Path.Length + 1)..]);

    private static NixStoreException Invalid(string entry, string why) => new(
        NixErrorCodes.InvalidSandboxPath,
        $"'{entry}' cannot be in the sandbox: {why}. Give TARGET or TARGET=SOURCE, with a question mark behind where it may be missing.");
}
