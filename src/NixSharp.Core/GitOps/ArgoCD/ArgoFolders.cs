using System.Globalization;
using NixSharp.Files;

namespace NixSharp.GitOps.ArgoCD;

/// <summary>Where Nix and the plugin may keep things: a plugin's home is often there to read only, or not at all.</summary>
internal sealed record ArgoFolders
{
    /// <summary>The folder for caches; null where there is none.</summary>
    public string? Cache { get; private init; }

    /// <summary>Finds a folder that can be written: the one that is asked for, the user's own, or one in the folder for temporary files.</summary>
    public static ArgoFolders Find(string? wanted)
    {
        var home = Environment.GetEnvironmentVariable("HOME");
        string?[] candidates =
        [
            wanted is null ? null : Path.GetFullPath(wanted),
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME"),
            string.IsNullOrEmpty(home) ? null : Path.Combine(home, ".cache"),
            Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"nixsharp-{Environment.UserName}")),
        ];
        return new ArgoFolders { Cache = candidates.FirstOrDefault(static folder => !string.IsNullOrEmpty(folder) && Path.IsPathRooted(folder) && IsOurs(folder)) };
    }

    /// <summary>The environment in which Nix finds the folder.</summary>
    public IReadOnlyDictionary<string, string?> AddTo(IReadOnlyDictionary<string, string?> environment) =>
        Cache is null ? environment : new Dictionary<string, string?>(environment) { ["XDG_CACHE_HOME"] = Cache };

    /// <summary>Whether a file can be made in it; one that others may write could have files of theirs.</summary>
    private static bool IsOurs(string folder)
    {
        try
        {
            if (!Directory.Exists(folder))
            {
                if (OperatingSystem.IsWindows())
                {
                    Directory.CreateDirectory(folder);
                }
                else
                {
                    Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                }
            }

            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(folder) & UnixFileMode.OtherWrite) != 0)
            {
                return false;
            }

            using var probe = new FileStream(Path.Combine(folder, $".probe-{Guid.NewGuid():N}"), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
            return true;
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            return false;
        }
    }
}
