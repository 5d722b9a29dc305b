using System.CommandLine;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp csi ...</c></summary>
internal static class CsiCommands
{
    public static Command Create() => new("csi", "Closures as volumes of Kubernetes pods.")
    {
        CsiManifestCommand.Create(),
        CsiServeCommand.Create(),
    };
}
