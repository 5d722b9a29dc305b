using System.Text;
using NixSharp.Disks;
using NixSharp.Disks.FileSystems;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Disks;

public sealed class FileReadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("mkfs.ext4")]
    public async Task Every_file_of_every_kind_of_ext_is_read_as_it_was_written()
    {
        var tree = RealImages.WriteTree(_folder);
        foreach (var (name, options) in ((string, string)[])[
            ("ext4", "-t ext4"),
            ("small-blocks", "-t ext4 -b 1024"),
            ("inline", "-t ext4 -O inline_data -I 256"),
            ("32bit", "-t ext4 -O ^64bit,^metadata_csum"),
            ("ext3", "-t ext3"),
            ("ext2", "-t ext2 -b 1024"),
            ("old", "-t ext2 -r 0 -O none"),
        ])
        {
            var image = _folder[name];
            await RealImages.RunAsync($"mke2fs -q {options} -L {name} -d '{tree}' '{image}' 64M");
            using var disk = await DiskImage.OpenAsync(image);
            Assert.Equal(name, disk.Inspect().FileSystem!.Label);
            var system = disk.OpenFileSystem();
            Assert.Equal("nixos\n", Read(system, "/etc/hostname"));
            Assert.Equal("ä\n", Read(system, "etc/umlaut-ä"));
            Assert.Equal("nixos\n", Read(system, "/link"));
            Assert.Equal("nixos\n", Read(system, "/absolute/hostname"));
            Assert.Equal("nixos\n", Read(system, "/long-link"));
            Assert.Equal("", Read(system, "/empty"));
            Assert.Equal("699", Read(system, "/many/a-rather-long-file-name-0699"));
            Assert.Equal(700, system.List("/many").Count);
            using var large = new MemoryStream();
            system.CopyFile("/large", large);
            Assert.True((await File.ReadAllBytesAsync(Path.Combine(tree, "large"))).AsSpan().SequenceEqual(large.ToArray()), name);
            var entries = system.List("/").ToDictionary(static entry => entry.Name);
            Assert.Equal((DiskEntryKind.Symlink, "etc/hostname"), (entries["link"].Kind, entries["link"].LinkTarget));
            Assert.Equal((DiskEntryKind.File, 8_000_000L), (entries["large"].Kind, entries["large"].Size));
            foreach (var (path, why) in ((string, string)[])[("/missing", "no 'missing'"), ("/circle", "circle"), ("/etc", "no file"), ("/empty/x", "no folder")])
            {
                var error = Assert.Throws<DiskException>(() => Read(system, path));
                Assert.Equal(NixErrorCodes.NotInFileSystem, error.Code);
                Assert.Contains(why, error.Message, StringComparison.Ordinal);
            }

            File.Delete(image);
        }
    }

    [RequiresFact("mkfs.vfat", "mcopy")]
    public async Task Every_file_of_every_kind_of_FAT_is_read_as_it_was_written()
    {
        var contents = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(static i => $"line {i}\n")));
        await File.WriteAllBytesAsync(_folder["source"], contents);
        foreach (var (bits, size, options) in ((int, string, string)[])[(12, "4M", ""), (16, "20M", ""), (32, "40M", "-s 1")])
        {
            var image = _folder[$"fat{bits}-{size}"];
            await RealImages.RunAsync(
                $"""
                truncate -s {size} '{image}'
                mkfs.vfat -F {bits} {options} -n LABEL '{image}' >/dev/null
                export MTOOLS_SKIP_CHECK=1
                mmd -i '{image}' ::/folder '::/A folder with a long name'
                mcopy -i '{image}' '{_folder["source"]}' '::/A folder with a long name/ünïcode file name that is quite long indeed.text'
                mcopy -i '{image}' '{_folder["source"]}' ::/folder/short.txt
                mcopy -i '{image}' '{_folder["source"]}' ::/UPPER.TXT
                for i in $(seq 60); do echo $i; done | while read i; do printf $i | mcopy -i '{image}' - "::/folder/a long name $i"; done
                mdel -i '{image}' '::/folder/a long name 30'
                """);
            using var disk = await DiskImage.OpenAsync(image);
            var system = disk.OpenFileSystem();
            Assert.Equal(($"FAT{bits}", "LABEL"), (disk.Inspect().FileSystem!.Version, disk.Inspect().FileSystem!.Label));
            Assert.Equal(["A folder with a long name", "UPPER.TXT", "folder"], system.List("/").Select(static entry => entry.Name).Order(StringComparer.Ordinal));
            Assert.Equal(60, system.List("/folder").Count);
            Assert.Equal("59", Read(system, "/folder/A LONG NAME 59"));
            Assert.Equal(Encoding.UTF8.GetString(contents), Read(system, "/a folder with a long name/ünïcode file name that is quite long indeed.text"));
            Assert.Equal(contents.Length, system.Find("/folder/short.txt").Size);
            Assert.Equal(Encoding.UTF8.GetString(contents), Read(system, "/folder/short.txt"));
            File.Delete(image);
        }
    }

    private static string Read(DiskFileSystem system, string path)
    {
        using var contents = new MemoryStream();
        system.CopyFile(path, contents);
        return Encoding.UTF8.GetString(contents.ToArray());
    }
}
