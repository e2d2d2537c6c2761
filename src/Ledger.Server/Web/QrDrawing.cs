using System.Globalization;
using System.Text;
using QRCoder;

namespace Ledger.Server;

/// <summary>A QR code of an address, drawn as one path.</summary>
/// <param name="Address">The address.</param>
/// <param name="Path">The dark modules, for the d attribute of an SVG path.</param>
/// <param name="Size">The number of modules per side, including the quiet zone.</param>
public sealed record QrDrawing(string Address, string Path, int Size)
{
    internal static QrDrawing Of(string address)
    {
        // Medium error correction restores up to 15 per cent, so a fold or a stain on the printed page does no harm.
        using var data = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        var path = new StringBuilder();
        for (var y = 0; y < data.ModuleMatrix.Count; y++)
        {
            for (var x = 0; x < data.ModuleMatrix[y].Count; x++)
            {
                if (data.ModuleMatrix[y][x])
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
                }
            }
        }

        return new(address, path.ToString(), data.ModuleMatrix.Count);
    }
}
