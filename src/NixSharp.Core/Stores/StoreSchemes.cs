namespace NixSharp.Stores;

/// <summary>Which schemes mean which kinds of store.</summary>
internal static class StoreSchemes
{
    public static StoreKind? KindOf(string scheme) => scheme switch
    {
        "local" => StoreKind.Local,
        "unix" => StoreKind.Daemon,
        "file" => StoreKind.File,
        "http" or "https" => StoreKind.Http,
        "s3" => StoreKind.S3,
        "ssh" => StoreKind.Ssh,
        "ssh-ng" => StoreKind.SshNg,
        "dummy" => StoreKind.Dummy,
        _ => null,
    };

    public static string DefaultOf(StoreKind kind) => kind switch
    {
        StoreKind.Auto => "auto",
        StoreKind.Local => "local",
        StoreKind.Daemon => "unix",
        StoreKind.File => "file",
        StoreKind.Http => "https",
        StoreKind.S3 => "s3",
        StoreKind.Ssh => "ssh",
        StoreKind.SshNg => "ssh-ng",
        StoreKind.Dummy => "dummy",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of store."),
    };

    /// <summary>Whether what follows <c>//</c> is a file or folder of this machine, and no host.</summary>
    public static bool IsOnThisMachine(StoreKind kind) => kind is StoreKind.Local or StoreKind.Daemon or StoreKind.File;
}
