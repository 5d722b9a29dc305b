namespace NixSharp.Packages.Tests;

/// <summary>The C and C++ libraries of this machine, which are all that .NET needs where culture is invariant.</summary>
public static class SystemLibraries
{
    private static readonly string[] Folders = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64"];

    private static readonly string[] Names =
        ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libgcc_s.so.1", "libstdc++.so.6", "ld-linux-x86-64.so.2"];

    /// <summary>Copies them to where programs look for them below <paramref name="root"/>.</summary>
    public static void CopyTo(string root)
    {
        foreach (var name in Names)
        {
            var folder = Path.Combine(root, name.StartsWith("ld-", StringComparison.Ordinal) ? "lib64" : "lib/x86_64-linux-gnu");
            Directory.CreateDirectory(folder);
            File.Copy(Folders.Select(from => Path.Combine(from, name)).First(File.Exists), Path.Combine(folder, name));
        }
    }
}
