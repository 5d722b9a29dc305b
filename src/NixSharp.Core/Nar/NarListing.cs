using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Json;

namespace NixSharp.Nar;

/// <summary>What is in a NAR, in the JSON of <c>nix nar ls --json --recursive</c> and of a binary cache's <c>.ls</c> files.</summary>
public static class NarListing
{
    // Two levels of JSON for each of folders.
    private const int MaxDepth = (2 * NarFormat.MaxDepth) + 8;

    /// <summary>Lists the NAR that <paramref name="input"/> starts with.</summary>
    /// <returns>The root node: <c>type</c>, and <c>entries</c>, <c>size</c>, <c>executable</c>, <c>narOffset</c> or <c>target</c>.</returns>
    /// <exception cref="NixFormatException">The bytes are no canonical NAR.</exception>
    public static JObject Read(Stream input, CancellationToken cancellationToken = default) => Write(NarIndex.Read(input, cancellationToken).Root);

    /// <summary>Writes an entry and all that is in it.</summary>
    public static JObject Write(NarEntry entry, NarListingFormat format = NarListingFormat.Nix20)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.Type switch
        {
            NarEntryType.Directory when format == NarListingFormat.Nix20 => new JObject { ["type"] = "directory", ["entries"] = WriteEntries(entry, format) },
            NarEntryType.Directory => new JObject { ["entries"] = WriteEntries(entry, format), ["type"] = "directory" },
            NarEntryType.Symlink when format == NarListingFormat.Nix20 => new JObject { ["type"] = "symlink", ["target"] = entry.Target },
            NarEntryType.Symlink => new JObject { ["target"] = entry.Target, ["type"] = "symlink" },
            NarEntryType.Regular => WriteFile(entry, format),
            _ => [],
        };
    }

    /// <summary>Writes a <c>.ls</c> file's contents: <c>{"version": 1, "root": ...}</c>.</summary>
    public static JObject WriteFile(NarIndex index, NarListingFormat format = NarListingFormat.Nix20)
    {
        ArgumentNullException.ThrowIfNull(index);
        var root = Write(index.Root, format);
        return format == NarListingFormat.Nix20 ? new JObject { ["version"] = 1, ["root"] = root } : new JObject { ["root"] = root, ["version"] = 1 };
    }

    /// <summary>Reads a <c>.ls</c> file, or the root node alone, as <c>nix nar ls</c> prints it.</summary>
    /// <exception cref="NixFormatException">The text is no listing.</exception>
    public static NarIndex Parse(TextReader text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(JsonText.Read(text, MaxDepth));
    }

    /// <summary>Reads a <c>.ls</c> file's contents, or the root node alone.</summary>
    /// <exception cref="NixFormatException">The JSON is no listing.</exception>
    public static NarIndex Parse(JToken json)
    {
        var listing = Expect<JObject>(json, "a listing");
        if (listing["root"] is not { } root)
        {
            return new NarIndex(ReadEntry(listing, 0), null);
        }

        return listing["version"] is JValue { Value: 1L }
            ? new NarIndex(ReadEntry(Expect<JObject>(root, "the root"), 0), null)
            : throw Invalid($"its version is {listing["version"]?.ToString() ?? "missing"}, and 1 is known");
    }

    private static JObject WriteEntries(NarEntry folder, NarListingFormat format)
    {
        var entries = new JObject();
        foreach (var (name, entry) in folder.Entries)
        {
            entries[name] = Write(entry, format);
        }

        return entries;
    }

    private static JObject WriteFile(NarEntry file, NarListingFormat format)
    {
        var json = format == NarListingFormat.Nix20 ? new JObject { ["type"] = "regular", ["size"] = file.Size } : [];
        if (file.IsExecutable || format == NarListingFormat.Nix235)
        {
            json["executable"] = file.IsExecutable;
        }

        if (file.NarOffset is { } offset)
        {
            json["narOffset"] = offset;
        }

        if (format != NarListingFormat.Nix20)
        {
            (json["size"], json["type"]) = (file.Size, "regular");
        }

        return json;
    }

    private static NarEntry ReadEntry(JObject json, int depth)
    {
        if (depth > NarFormat.MaxDepth)
        {
            throw Invalid($"folders are nested more than {NarFormat.MaxDepth} deep");
        }

        return json["type"] switch
        {
            null when json.Count == 0 => new NarEntry { Type = NarEntryType.Unknown },
            JValue { Value: "regular" } => new NarEntry
            {
                Type = NarEntryType.Regular,
                IsExecutable = JsonNodes.Boolean(json["executable"], "whether a file is executable") ?? false,
                Size = JsonNodes.Number(json["size"], "a file's size") ?? throw Missing("a file's size", json),
                NarOffset = JsonNodes.Number(json["narOffset"], "a file's place in the NAR"),
            },
            JValue { Value: "symlink" } => new NarEntry { Type = NarEntryType.Symlink, Target = JsonNodes.Text(json["target"], "a symlink's target") },
            JValue { Value: "directory" } => new NarEntry { Type = NarEntryType.Directory, Entries = ReadEntries(Expect<JObject>(json["entries"], "a folder's entries"), depth) },
            _ => throw Missing("regular, symlink or directory", json),
        };
    }

    private static OrderedDictionary<string, NarEntry> ReadEntries(JObject json, int depth)
    {
        var entries = new OrderedDictionary<string, NarEntry>();
        foreach (var property in json.Properties().OrderBy(static property => property.Name, ByteText.Comparer))
        {
            if (NarFormat.WhyNotName(ByteText.ToBytes(property.Name)) is { } why)
            {
                throw Invalid($"{why}, at '{json.Path}'");
            }

            entries.Add(property.Name, ReadEntry(Expect<JObject>(property.Value, "an entry"), depth + 1));
        }

        return entries;
    }

    private static T Expect<T>(JToken? json, string what)
        where T : JToken =>
        json as T ?? throw Missing(what, json);

    private static NixFormatException Missing(string what, JToken? json) =>
        Invalid($"{what} was expected{(json is null ? "" : $" at '{json.Path}'")}");

    private static NixFormatException Invalid(string why) =>
        new(NixErrorCodes.InvalidNarListing, $"This is not the listing of a NAR: {why}. Make it anew with 'nixsharp nar ls --json'.");
}
