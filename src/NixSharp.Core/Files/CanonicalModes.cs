namespace NixSharp.Files;

/// <summary>The modes of everything in a store, and of what is on its way there.</summary>
internal static class CanonicalModes
{
    /// <summary>0444.</summary>
    public const uint Plain = 0x124;

    /// <summary>0555: executables and folders.</summary>
    public const uint Executable = 0x16d;

    /// <summary>0700: a folder that is being filled.</summary>
    public const uint Unfinished = 0x1c0;

    /// <summary>0777.</summary>
    public const uint Everything = 0x1ff;

    /// <summary>The mode of a file in a store.</summary>
    public static uint OfFile(bool executable) => executable ? Executable : Plain;

    /// <summary>0777 or 0666: the mode that any program asks for, and the umask cuts down.</summary>
    public static uint BeforeUmask(bool executable) => executable ? Everything : 0x1b6;
}
