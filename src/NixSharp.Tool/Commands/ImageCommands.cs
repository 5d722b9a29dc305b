using System.CommandLine;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp image ...</c></summary>
internal static class ImageCommands
{
    public static Command Create() => new("image", "Container images of closures.")
    {
        ImagePlanCommand.Create(),
        ImageBuildCommand.Create(),
        ImageInspectCommand.Create(),
        ImageIndexCommand.Create(),
        ImageDiffCommand.Create(),
        ImagePushCommand.Create(),
        ImagePullCommand.Create(),
        ImageCopyCommand.Create(),
        RegistryCommands.CreateTags(),
        RegistryCommands.CreateCatalog(),
        RegistryCommands.CreateDelete(),
        LoginCommands.CreateLogin(),
        LoginCommands.CreateLogout(),
        SupplyChainCommands.CreateBill(),
        SupplyChainCommands.CreateProvenance(),
        SigningCommands.CreateSign(),
        SigningCommands.CreateVerify(),
        SigningCommands.CreateReferrers(),
        SigningCommands.CreateKey(),
    };
}
