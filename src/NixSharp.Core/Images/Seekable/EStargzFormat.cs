using System.Globalization;
using System.Text;
using NixSharp.Images.Oci;

namespace NixSharp.Images.Seekable;

/// <summary>
/// eStargz: the table of contents is the archive's last file, and an empty gzip member at the end says where. Nothing is
/// fetched ahead, because nobody knows here what a container reads first.
/// </summary>
internal sealed class EStargzFormat : SeekableFormat
{
    public const string DigestKey = "containerd.io/snapshot/stargz/toc.digest";
    public const string SizeKey = "io.containers.estargz.uncompressed-size";

    private const string TableName = "stargz.index.json";
    private const string Landmark = ".no.prefetch.landmark";
    private AnnotationSet _annotations = AnnotationSet.Empty;

    public override bool IsTableInArchive => true;

    public override AnnotationSet Annotations => _annotations;

    public override void Begin(TarChunker output) => output.WriteOwnFile(Landmark, [0xf], isListed: true);

    public override void End(TarChunker output)
    {
        var offset = output.CutAndTell();
        var table = TableOfContents.Write(output, isForZstd: false);
        output.WriteOwnFile(TableName, table, isListed: false);
        output.WriteOwn(new byte[2 * Tar.TarHeader.BlockSize]);
        output.WriteRaw(Footer(offset));
        _annotations = new([
            KeyValuePair.Create(DigestKey, OciDigest.Compute(table).ToString()),
            KeyValuePair.Create(SizeKey, output.BytesWritten.ToString(CultureInfo.InvariantCulture)),
        ]);
    }

    /// <summary>A gzip member without contents, whose extra field has the offset.</summary>
    private static byte[] Footer(long offset)
    {
        var field = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{offset:x16}STARGZ"));
        return
        [
            0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255,
            (byte)(field.Length + 4), 0, (byte)'S', (byte)'G', (byte)field.Length, 0, .. field,
            1, 0, 0, 0xff, 0xff,
            0, 0, 0, 0, 0, 0, 0, 0,
        ];
    }
}
