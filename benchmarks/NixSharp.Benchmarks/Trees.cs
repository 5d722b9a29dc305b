namespace NixSharp.Benchmarks;

/// <summary>Trees of files to work on: the same on every machine.</summary>
internal static class Trees
{
    /// <summary>About 1 GB in 20,000 files, half of it incompressible.</summary>
    public static string Large(string folder)
    {
        var target = Path.Combine(folder, "large");
        if (Directory.Exists(target))
        {
            return target;
        }

        var random = new Random(1);
        var noise = new byte[8 << 20];
        random.NextBytes(noise);
        var text = new byte[8 << 20];
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = (byte)"the quick brown fox jumps over the lazy dog\n"[i * 7 % 44 ^ (i >> 12 & 3)];
        }

        var staging = target + ".tmp";
        for (var i = 0; i < 20_000; i++)
        {
            var parent = Path.Combine(staging, $"d{i / 200:000}");
            Directory.CreateDirectory(parent);
            var size = i % 200 < 2 ? 4 << 20 : random.Next(100, 20_000);
            var start = size == 4 << 20 ? random.Next(4 << 20) : random.Next(noise.Length - size);
            File.WriteAllBytes(Path.Combine(parent, $"f{i}"), (i % 2 == 0 ? noise : text).AsSpan(start, size));
        }

        Directory.Move(staging, target);
        return target;
    }

    /// <summary>The files of <see cref="Large"/> as so many folders of about equal size.</summary>
    public static IReadOnlyList<string> Parts(string folder, int count)
    {
        var target = Path.Combine(folder, $"parts-{count}");
        if (!Directory.Exists(target))
        {
            var staging = target + ".tmp";
            foreach (var (index, file) in Directory.EnumerateFiles(Large(folder), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Index())
            {
                var parent = Directory.CreateDirectory(Path.Combine(staging, $"part-{index % count:00}", Path.GetFileName(Path.GetDirectoryName(file)!))).FullName;
                File.Copy(file, Path.Combine(parent, Path.GetFileName(file)));
            }

            Directory.Move(staging, target);
        }

        return [.. Directory.EnumerateDirectories(target).Order(StringComparer.Ordinal)];
    }

    /// <summary>Folders of 100 small files.</summary>
    public static string Many(string folder, int packages = 500)
    {
        var target = Path.Combine(folder, packages == 500 ? "many" : $"many-{packages}");
        if (Directory.Exists(target))
        {
            return target;
        }

        var staging = target + ".tmp";
        for (var i = 0; i < packages * 100; i++)
        {
            var parent = Path.Combine(staging, $"package-{i / 100:0000}", $"d{i % 10}");
            Directory.CreateDirectory(parent);
            File.WriteAllText(Path.Combine(parent, $"f{i}"), $"file {i}\n");
        }

        Directory.Move(staging, target);
        return target;
    }
}
