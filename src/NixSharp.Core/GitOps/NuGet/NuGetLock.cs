using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Json;

namespace NixSharp.GitOps.NuGet;

/// <summary>
/// The <c>deps.json</c> that nixpkgs' <c>buildDotnetModule</c> takes as <c>nugetDeps</c>: every package that a restore
/// needs, with its hash. A JSON list, two spaces a level, in the order of the packages folder.
/// </summary>
public sealed partial class NuGetLock
{
    private const int MaxFileSize = 64 << 20;

    /// <summary>Takes packages in any order.</summary>
    /// <exception cref="ArgumentException">A package is there twice.</exception>
    public NuGetLock(IEnumerable<NuGetLockEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        List<NuGetLockEntry> sorted = [.. entries];
        sorted.Sort(NuGetLockEntry.Compare);
        for (var i = 1; i < sorted.Count; i++)
        {
            if (sorted[i].Key == sorted[i - 1].Key)
            {
                throw new ArgumentException($"The package {sorted[i]} is there twice.", nameof(entries));
            }
        }

        Entries = sorted;
    }

    /// <summary>The packages, in the order of the file.</summary>
    public IReadOnlyList<NuGetLockEntry> Entries { get; }

    /// <summary>Reads the text of a <c>deps.json</c>.</summary>
    /// <exception cref="NixFormatException">It is no list of packages with hashes.</exception>
    public static NuGetLock Parse(string text)
    {
        var json = JsonNodes.Expect<JArray>(JsonText.Parse(text), "a list of packages");
        try
        {
            return new NuGetLock(json.Select(ParseEntry));
        }
        catch (ArgumentException error)
        {
            throw new NixFormatException(NixErrorCodes.InvalidJson, error.Message, innerException: error);
        }
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="GitOpsException">The file is no list of packages with hashes.</exception>
    /// <exception cref="NixFileException">The file is missing or unreadable.</exception>
    public static async Task<NuGetLock> ReadAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        var text = await SmallFile.ReadTextAsync(full, MaxFileSize, NixErrorCodes.InvalidPackageLock, cancellationToken).ConfigureAwait(false);
        try
        {
            return Parse(text);
        }
        catch (NixFormatException error)
        {
            throw new GitOpsException(NixErrorCodes.InvalidPackageLock, $"{full} lists no packages that can be used: {error.Message} Write it again with 'nixsharp nuget lock'.", full, error);
        }
    }

    /// <summary>Writes the file, unless it says the same already.</summary>
    /// <returns>Whether anything was written.</returns>
    /// <exception cref="NixFileException">The file cannot be written; what was there is still there.</exception>
    public Task<bool> WriteAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return AtomicFile.WriteIfDifferentAsync(Path.GetFullPath(path), Encoding.UTF8.GetBytes(ToString()), cancellationToken);
    }

    /// <summary>The text of the file, with a line break at its end.</summary>
    public override string ToString() => JsonText.Format(new JArray(Entries.Select(ToJson)));

    private static JObject ToJson(NuGetLockEntry entry)
    {
        var json = new JObject { ["pname"] = entry.Name, ["version"] = entry.Version, ["hash"] = entry.Hash.ToString(HashFormat.Sri) };
        if (entry.Url is { } url)
        {
            json["url"] = url;
        }

        return json;
    }

    private static NuGetLockEntry ParseEntry(JToken json)
    {
        var entry = JsonNodes.Expect<JObject>(json, "a package");
        foreach (var name in entry.Properties().Select(static property => property.Name))
        {
            if (name is not ("pname" or "version" or "hash" or "sha256" or "url"))
            {
                throw JsonNodes.Invalid($"nothing is known of '{name}' at '{json.Path}'");
            }
        }

        // Older files have the digest alone, under the name of its algorithm.
        return new NuGetLockEntry(
            Word(entry["pname"], "a package's name"),
            Word(entry["version"], "a package's version"),
            entry["sha256"] is { } digest
                ? NixHash.Parse(JsonNodes.Text(digest, "a package's hash"), NixHashAlgorithm.Sha256)
                : NixHash.Parse(JsonNodes.Text(entry["hash"], "a package's hash")),
            JsonNodes.IsNothing(entry["url"]) ? null : JsonNodes.Text(entry["url"], "a package's address"));
    }

    private static string Word(JToken? json, string what) =>
        JsonNodes.Text(json, what) is { Length: > 0 } text ? text : throw JsonNodes.Missing(json, what);
}
