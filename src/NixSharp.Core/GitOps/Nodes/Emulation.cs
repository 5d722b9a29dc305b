namespace NixSharp.GitOps.Nodes;

/// <summary>Whether the kernel runs programs for other processors, by the emulators that binfmt_misc knows.</summary>
internal static class Emulation
{
    private const string Folder = "/proc/sys/fs/binfmt_misc";

    /// <exception cref="GitOpsException">It does not.</exception>
    public static void RefuseIfMissing(string system, string own)
    {
        var processor = system[..system.IndexOf('-', StringComparison.Ordinal)];
        if (system == own || !OperatingSystem.IsLinux() || IsEnabled(Folder, processor))
        {
            return;
        }

        throw new GitOpsException(
            NixErrorCodes.EmulationMissing,
            $"This machine runs {own}, and has no emulator for {system}. Install one ('apt install qemu-user-static binfmt-support' on Debian; 'boot.binfmt.emulatedSystems = [ \"{system}\" ];' on NixOS), or build on such a machine: --option 'builders=ssh-ng://HOST {system}'.",
            system);
    }

    /// <summary>Whether one of the emulators in a folder of binfmt_misc is for a processor, and switched on.</summary>
    internal static bool IsEnabled(string folder, string processor)
    {
        if (!Directory.Exists(folder))
        {
            return false;
        }

        // QEMU has its own names for some.
        var names = processor == "armv7l" ? (string[])[processor, "arm"] : [processor];
        return names.SelectMany(name => (string[])[$"qemu-{name}", $"{name}-linux"])
            .Select(name => Path.Combine(folder, name))
            .Any(static file => File.Exists(file) && File.ReadLines(file).FirstOrDefault() == "enabled");
    }
}
