using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using NixSharp.Images.Tar;

namespace NixSharp.Images.Seekable;

/// <summary>The table of contents that both seekable formats share; they took it from CRFS.</summary>
internal static class TableOfContents
{
    private const int Version = 1;

    /// <param name="output">Knows the entries, and where their blocks are.</param>
    /// <param name="isForZstd">Whether ends of contents are said too, and the sizes of last pieces.</param>
    /// <param name="tarSplitDigest">The digest of the headers, where they are kept.</param>
    public static byte[] Write(TarChunker output, bool isForZstd, string? tarSplitDigest = null)
    {
        using var memory = new MemoryStream();
        using (var json = new JsonTextWriter(new StreamWriter(memory, new UTF8Encoding(false), leaveOpen: true)))
        {
            json.WriteStartObject();
            Write(json, "version", Version);
            json.WritePropertyName("entries");
            json.WriteStartArray();
            foreach (var entry in output.Entries)
            {
                WriteEntry(json, output, entry, isForZstd);
            }

            json.WriteEndArray();
            Write(json, "tarSplitDigest", tarSplitDigest);
            json.WriteEndObject();
        }

        return memory.ToArray();
    }

    private static void WriteEntry(JsonTextWriter json, TarChunker output, SeekableEntry entry, bool isForZstd)
    {
        var type = entry.Type switch
        {
            TarEntryType.Directory => "dir",
            TarEntryType.Symlink => "symlink",
            TarEntryType.HardLink => "hardlink",
            _ => "reg",
        };
        json.WriteStartObject();
        Write(json, "name", entry.Name);
        Write(json, "type", type);
        Write(json, "size", entry.Size > 0 ? entry.Size : null);
        Write(json, "modtime", DateTimeOffset.FromUnixTimeSeconds(entry.Time).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        Write(json, "linkName", entry.Link.Length > 0 ? entry.Link : null);
        Write(json, "mode", entry.Mode);
        Write(json, "uid", entry.Owner);
        Write(json, "gid", entry.Group);
        Write(json, "digest", entry.Digest);
        for (var index = 0; index < Math.Max(1, entry.Chunks.Count); index++)
        {
            if (index > 0)
            {
                json.WriteStartObject();
                Write(json, "name", entry.Name);
                Write(json, "type", "chunk");
            }

            if (entry.Chunks.Count > 0)
            {
                WriteChunk(json, output, entry, index, isForZstd);
            }

            json.WriteEndObject();
        }
    }

    private static void WriteChunk(JsonTextWriter json, TarChunker output, SeekableEntry entry, int index, bool isForZstd)
    {
        var chunk = entry.Chunks[index];
        var isOnly = entry.Chunks.Count == 1;
        var isLast = index == entry.Chunks.Count - 1;
        Write(json, "offset", output.OffsetOf(chunk.Block));
        Write(json, "endOffset", isForZstd && index == 0 ? output.OffsetOf(entry.Chunks[^1].Block + 1) : null);
        Write(json, "chunkOffset", chunk.Offset > 0 ? chunk.Offset : null);
        Write(json, "chunkSize", isOnly || (isLast && !isForZstd) ? null : chunk.Size);
        Write(json, "chunkDigest", isOnly && isForZstd ? null : chunk.Digest);
    }

    private static void Write(JsonTextWriter json, string name, object? value)
    {
        if (value is not null)
        {
            json.WritePropertyName(name);
            json.WriteValue(value);
        }
    }
}
