using System.CommandLine;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.GitOps.Secrets;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp secrets ssh-to-age</c></summary>
internal static class SshToAgeCommand
{
    private const int MaxLength = 64 * 1024;

    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The key, such as id_ed25519.pub, or - for standard input.", DefaultValueFactory = static _ => "-" };
        var isPrivate = new Option<bool>("--private-key") { Description = "Take a private key without a passphrase, and give the identity that decrypts." };
        var output = new Option<string?>("--output", "-o") { Description = "Write it to a file that only you can read, which must not exist yet.", HelpName = "FILE" };
        var command = new Command("ssh-to-age", "Turn an ed25519 key of SSH into a recipient or an identity of age.") { file, isPrivate, output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var text = await ReadAsync(parsed.GetRequiredValue(file), cancellationToken);
            var key = parsed.GetValue(isPrivate) ? AgeIdentity.FromSshPrivateKey(text).Reveal() : AgeRecipient.FromSshPublicKey(text).ToString();
            if (parsed.GetValue(output) is { } target)
            {
                await WriteAsync(target, key, cancellationToken);
            }
            else
            {
                Output.Print(parsed, key, () => new JObject { [parsed.GetValue(isPrivate) ? "identity" : "recipient"] = key });
            }
        });
        return command;
    }

    private static async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        using var input = file == "-" ? Console.In : new StreamReader(file);
        var buffer = new char[MaxLength + 1];
        var count = await input.ReadBlockAsync(buffer, cancellationToken);
        return new string(buffer, 0, count);
    }

    private static async Task WriteAsync(string file, string key, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var stream = new FileStream(file, options);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(key + "\n"), cancellationToken);
    }
}
