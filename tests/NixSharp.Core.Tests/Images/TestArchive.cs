using System.Formats.Tar;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Core.Tests.Images;

/// <summary>Archives of <c>docker save</c> with any layers, also such as nobody should have.</summary>
internal static class TestArchive
{
    public static void Write(string path, params TarEntry[][] layers) =>
        WriteLayers(path, [.. layers.Select(Layer)]);

    public static void WriteLayers(string path, params byte[][] layers)
    {
        var config = new JObject
        {
            ["architecture"] = GoPlatform.Architecture,
            ["os"] = "linux",
            ["rootfs"] = new JObject { ["diff_ids"] = new JArray(layers.Select(layer => OciDigest.Compute(layer).ToString())) },
        };
        var names = layers.Select((_, index) => $"{index}.tar").ToList();
        using var tar = new TarWriter(System.IO.File.Create(path), TarEntryFormat.Ustar);
        tar.WriteEntry(File("config.json", config.ToString()));
        tar.WriteEntry(File("manifest.json", new JArray(new JObject { ["Config"] = "config.json", ["Layers"] = new JArray(names) }).ToString()));
        foreach (var (name, layer) in names.Zip(layers))
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(layer) });
        }
    }

    public static byte[] Layer(params TarEntry[] entries)
    {
        using var layer = new MemoryStream();
        using (var tar = new TarWriter(layer, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                tar.WriteEntry(entry);
            }
        }

        return layer.ToArray();
    }

    public static TarEntry Entry(string name, TarEntryType type, string? link = null, int mode = 0x1ED, int owner = 0)
    {
        var entry = new UstarTarEntry(type, name) { Mode = (UnixFileMode)mode, Uid = owner };
        if (link is not null)
        {
            entry.LinkName = link;
        }

        return entry;
    }

    public static TarEntry File(string name, string text) =>
        new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) };
}
