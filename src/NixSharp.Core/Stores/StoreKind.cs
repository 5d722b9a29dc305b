namespace NixSharp.Stores;

/// <summary>The kinds of store that a <see cref="StoreReference"/> names.</summary>
public enum StoreKind
{
    /// <summary>Whichever store fits this machine and user.</summary>
    Auto,

    /// <summary>Files and a database on this machine.</summary>
    Local,

    /// <summary>A daemon on this machine, reached by its socket: <c>daemon</c>, <c>unix://</c>.</summary>
    Daemon,

    /// <summary>A binary cache in a folder: <c>file://</c>.</summary>
    File,

    /// <summary>A binary cache on a web server: <c>http://</c>, <c>https://</c>.</summary>
    Http,

    /// <summary>A binary cache in object storage: <c>s3://</c>.</summary>
    S3,

    /// <summary>A store on another machine, by the older protocol: <c>ssh://</c>.</summary>
    Ssh,

    /// <summary>A store on another machine, by the daemon's protocol: <c>ssh-ng://</c>.</summary>
    SshNg,

    /// <summary>Nix's store that holds nothing: <c>dummy://</c>.</summary>
    Dummy,
}
