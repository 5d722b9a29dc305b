using System.Text;
using NixSharp.Images.Tar;
using Xunit;
using TarReader = System.Formats.Tar.TarReader;
using TheirType = System.Formats.Tar.TarEntryType;

namespace NixSharp.Core.Tests.Images;

public sealed class TarWriterTests
{
    [Fact]
    public void A_tree_is_read_back_by_another_reader()
    {
        var entries = Read(Write(static tar =>
        {
            tar.AddDirectory("nix"u8, new TarAttributes(TarModes.Parent));
            tar.Begin("nix/tree"u8, TarModes.Store);
            tar.BeginDirectory([]);
            tar.AddFile("a"u8, executable: false, 3, Contents("one"));
            tar.BeginDirectory("b"u8);
            tar.AddFile("c"u8, executable: true, 0, Stream.Null);
            tar.EndDirectory();
            tar.AddSymlink("d"u8, "b/c"u8);
            tar.EndDirectory();
        }));

        Assert.Equal(
            [
                "nix/ Directory 755",
                "nix/tree/ Directory 555",
                "nix/tree/a RegularFile 444 one",
                "nix/tree/b/ Directory 555",
                "nix/tree/b/c RegularFile 555 ",
                "nix/tree/d SymbolicLink 777 -> b/c",
            ],
            entries);
    }

    [Theory]
    [InlineData(99, 1)]
    [InlineData(100, 1)]
    [InlineData(101, 1)]
    [InlineData(100, 2)]
    [InlineData(155, 1)]
    [InlineData(255, 2)]
    [InlineData(60, 5)]
    [InlineData(255, 20)]
    public void Names_of_any_length_are_kept(int length, int depth)
    {
        var name = string.Join('/', Enumerable.Repeat(new string('n', length), depth));
        var link = new string('l', length * depth);
        var entries = Read(Write(tar =>
        {
            tar.Begin(Encoding.UTF8.GetBytes(name), TarModes.Store);
            tar.BeginDirectory([]);
            tar.AddFile("f"u8, executable: false, 2, Contents("hi"));
            tar.AddSymlink("l"u8, Encoding.UTF8.GetBytes(link));
            tar.EndDirectory();
        }));

        Assert.Equal([$"{name}/ Directory 555", $"{name}/f RegularFile 444 hi", $"{name}/l SymbolicLink 777 -> {link}"], entries);
    }

    [Fact]
    public void Names_that_are_not_text_are_kept_to_the_byte()
    {
        byte[] name = [.. Enumerable.Repeat((byte)0xE9, 120)];
        var archive = Write(tar =>
        {
            tar.Begin("x"u8, TarModes.Store);
            tar.AddSymlink([], name);
            tar.Begin(name, TarModes.Store);
            tar.AddFile([], executable: false, 0, Stream.Null);
            tar.Begin(name.AsSpan(0, 5), TarModes.Store);
            tar.AddFile([], executable: false, 0, Stream.Null);
        });

        Assert.Equal(2, Count(archive, [.. "21 hdrcharset=BINARY\n"u8]));
        Assert.Equal(1, Count(archive, [.. "130 path="u8, .. name, (byte)'\n']));
        Assert.Equal(1, Count(archive, [.. "134 linkpath="u8, .. name, (byte)'\n']));
    }

    [Fact]
    public void Sizes_beyond_octal_digits_get_a_record_of_their_own()
    {
        Assert.Contains("19 size=8589934592\n", Headers(8L << 30), StringComparison.Ordinal);
        Assert.DoesNotContain("size=", Headers((8L << 30) - 1), StringComparison.Ordinal);

        static string Headers(long size)
        {
            var headers = new System.Buffers.ArrayBufferWriter<byte>();
            TarDialect.Own.WriteHeader(headers, "n"u8, TarEntryType.File, new TarAttributes(0x1A4), size, []);
            return Encoding.ASCII.GetString(headers.WrittenSpan);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData((8L << 30) - 1)]
    [InlineData(8L << 30)]
    [InlineData(long.MaxValue)]
    public void Every_size_is_read_back_from_a_header(long size)
    {
        var header = new byte[TarHeader.BlockSize];
        TarHeader.Write(header, [], "n"u8, TarEntryType.File, new TarAttributes(0x1A4), size, []);
        Assert.True(TarHeader.IsValid(header));
        Assert.True(TarHeader.TryReadNumber(header.AsSpan(124, 12), out var read));
        Assert.Equal(size, read);
    }

    [Fact]
    public void A_record_counts_its_own_length_where_that_adds_a_digit()
    {
        for (var length = 1; length < 1100; length++)
        {
            var overrides = new TarOverrides();
            var records = new PaxRecords();
            records.AddIf(true, "path"u8, Encoding.ASCII.GetBytes(new string('p', length)));
            Assert.True(PaxRecords.TryRead(records.Span, overrides));
            Assert.Equal(length, overrides.Name!.Length);
        }
    }

    private static byte[] Write(Action<TarWriter> write)
    {
        using var output = new MemoryStream();
        var tar = new TarWriter(output);
        write(tar);
        tar.Finish();
        return output.ToArray();
    }

    private static List<string> Read(byte[] archive)
    {
        var entries = new List<string>();
        using var reader = new TarReader(new MemoryStream(archive));
        while (reader.GetNextEntry() is { } entry)
        {
            Assert.Equal((0, 0, 1), (entry.Uid, entry.Gid, entry.ModificationTime.ToUnixTimeSeconds()));
            var rest = entry.EntryType switch
            {
                TheirType.RegularFile => $" {new StreamReader(entry.DataStream ?? Stream.Null).ReadToEnd()}",
                TheirType.SymbolicLink => $" -> {entry.LinkName}",
                _ => "",
            };
            entries.Add($"{entry.Name} {entry.EntryType} {Convert.ToString((int)entry.Mode, 8)}{rest}");
        }

        return entries;
    }

    private static int Count(byte[] archive, byte[] part)
    {
        var count = 0;
        for (var rest = archive.AsSpan(); rest.IndexOf(part) is >= 0 and var at; rest = rest[(at + part.Length)..])
        {
            count++;
        }

        return count;
    }

    private static MemoryStream Contents(string text) => new(Encoding.UTF8.GetBytes(text));
}
