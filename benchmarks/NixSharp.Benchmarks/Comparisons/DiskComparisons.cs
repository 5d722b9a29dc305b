using System.Globalization;

namespace NixSharp.Benchmarks.Comparisons;

internal static class DiskComparisons
{
    private const long Gigabyte = 1L << 30;
    private const int DataOfEachGigabyte = 80 << 20;

    /// <summary>An SD image, a twelfth of it data, from its compressed form to a file.</summary>
    public static async Task<Comparison> WriteAsync(Workshop shop, int gigabytes)
    {
        var image = await MakeAsync(gigabytes);
        var target = Workshop.FileOf("disk.img");
        var prepare = $"rm -f '{target}'";
        return new Comparison(
            string.Create(CultureInfo.InvariantCulture, $"decompress and write a sparse image of {gigabytes} GB"),
            ["unzstd", "dd"],
            new Contender("nixsharp disk write", $"'{shop.Tool}' disk write '{image}' '{target}' --no-verify --quiet", prepare),
            [
                new Contender("nixsharp disk write, verified", $"'{shop.Tool}' disk write '{image}' '{target}' --quiet", prepare),
                new Contender("nixsharp disk decompress, with SHA-256", $"'{shop.Tool}' disk decompress '{image}' '{target}' --quiet", prepare),
                new Contender("unzstd into dd", $"unzstd -q -c '{image}' | dd of='{target}' bs=4M status=none conv=fsync", prepare),
                new Contender("unzstd into dd conv=sparse", $"unzstd -q -c '{image}' | dd of='{target}' bs=4M status=none conv=sparse,fsync", prepare),
            ]);
    }

    private static async Task<string> MakeAsync(int gigabytes)
    {
        var image = Workshop.FileOf(string.Create(CultureInfo.InvariantCulture, $"sparse-{gigabytes}.img"));
        var compressed = $"{image}.zst";
        if (File.Exists(compressed))
        {
            return compressed;
        }

        await using (var file = File.Create(image))
        {
            // Half of the data does not compress, like the programs of an image; half does.
            var random = new Random(1);
            var noise = new byte[DataOfEachGigabyte / 2];
            for (var i = 0; i < gigabytes; i++)
            {
                random.NextBytes(noise);
                file.Position = i * Gigabyte;
                await file.WriteAsync(noise);
                Array.Fill(noise, (byte)i, 0, noise.Length);
                await file.WriteAsync(noise);
            }

            file.SetLength(gigabytes * Gigabyte);
        }

        await ScriptTimer.RunAsync($"zstd -q -f '{image}'; rm '{image}'");
        return compressed;
    }
}
