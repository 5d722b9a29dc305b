using System.Globalization;
using System.Text;
using NixSharp.Derivations;
using NixSharp.Processes;

namespace NixSharp.Building;

/// <summary>The mounts of a sandbox as a list for the program <c>mount</c>, which makes thousands at once.</summary>
internal sealed class MountList(Sandbox sandbox)
{
    /// <summary>The list.</summary>
    public string File => Path.Combine(sandbox.Folder, "fstab");

    /// <summary>Where the program is; null where the machine has none, and bubblewrap has to do.</summary>
    public static string? FindProgram() => ProgramSearch.Find("mount", null);

    /// <summary>Writes the list, and makes what is mounted on.</summary>
    public void Write()
    {
        var list = new StringBuilder();
        foreach (var (source, target, isOptional) in sandbox.Mounts)
        {
            var place = sandbox.PlaceOf(target);
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            if (new FileInfo(source).LinkTarget is { } link)
            {
                System.IO.File.CreateSymbolicLink(place, link);
                continue;
            }

            if (Directory.Exists(source))
            {
                Directory.CreateDirectory(place);
            }
            else if (System.IO.File.Exists(source) || !isOptional)
            {
                System.IO.File.WriteAllBytes(place, []);
            }
            else
            {
                continue;
            }

            list.Append(CultureInfo.InvariantCulture, $"{Escape(source)} {Escape(place)} none bind,ro 0 0\n");
        }

        System.IO.File.WriteAllBytes(File, ByteText.ToBytes(list.ToString()));
    }

    private static string Escape(string path) => path
        .Replace("\\", "\\134", StringComparison.Ordinal)
        .Replace(" ", "\\040", StringComparison.Ordinal)
        .Replace("\t", "\\011", StringComparison.Ordinal)
        .Replace("\n", "\\012", StringComparison.Ordinal)
        .Replace("#", "\\043", StringComparison.Ordinal);
}
